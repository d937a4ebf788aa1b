import { availableParallelism } from 'node:os'
import { openStore } from '@table/storage'
import { expect, onTestFinished, test } from 'vitest'
import { defaultLimits } from '../../src/config/limits.ts'
import { Pool } from '../../src/workers/pool.ts'
import { spawnHeldServer } from '../support/process.ts'
import { columnSum, eventually, incoming, largeCsv, temporaryDirectory, upload } from '../support/server.ts'

/** Large enough to be received into a file. */
const light = `x\n${'1\n'.repeat(150_000)}`
const conversions = Math.max(2, availableParallelism())

/**
 * Starts a server whose conversions stop before they write a Parquet file. It has more workers than
 * conversions that may run.
 */
async function heldServer() {
  const server = await spawnHeldServer('create', conversions + 4)
  const { client, dataDir, hold, count } = server
  expect(await upload(client, light)).toBe('')
  const before = count()
  hold()
  return {
    ...server,
    begun: () => count() - before,
    /** Resolves when this many uploads have been received, and sums that came after them are answered. */
    received: async (uploads: number) => {
      const csvs = () => incoming(dataDir).filter(name => name.endsWith('.csv'))
      await eventually(() => expect(csvs()).toHaveLength(uploads))
      for (let i = 0; i < 20; i++) expect(await columnSum(client, 'x')).toBe(150_000n)
    },
  }
}

test('as many uploads as there are cores are converted at once, and sums do not wait for them', async () => {
  const { client, release, received, begun } = await heldServer()
  const uploads = Array.from({ length: conversions + 2 }, () => upload(client, light))
  await received(uploads.length)
  await eventually(() => expect(begun()).toBe(conversions))
  await received(uploads.length)
  expect(begun()).toBe(conversions)
  release()
  expect(await Promise.all(uploads)).toEqual(uploads.map(() => ''))
  expect(begun()).toBe(uploads.length)
})

test('uploads that take much memory are converted one at a time, and other uploads do not wait for them', async () => {
  const { client, release, received, begun } = await heldServer()
  const uploads = Array.from({ length: 3 }, () => upload(client, largeCsv(7)))
  await received(uploads.length)
  await eventually(() => expect(begun()).toBe(1))
  await received(uploads.length)
  expect(begun()).toBe(1)
  release()
  expect(await Promise.all(uploads)).toEqual(['', '', ''])
  expect(await columnSum(client, 'x')).toBe(150_021n)
})

test('who wants a sync while there is one waits for that one', async () => {
  const store = openStore(temporaryDirectory(), () => {})
  const pool = new Pool(store, 1, defaultLimits)
  onTestFinished(async () => {
    await pool.close()
    store.close()
  })
  const first = pool.syncAll()
  expect(pool.syncAll()).toBe(first)
  await first
  expect(pool.syncAll()).not.toBe(first)
})
