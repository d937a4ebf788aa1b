import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { spawnHeldServer } from '../support/process.ts'
import { columnSum, eventually, incoming, largeCsv, upload } from '../support/server.ts'

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

/** Returns the names that Node has given to the threads of a process. */
function namesOfThreads(pid = 0): string[] {
  const threads = `/proc/${pid}/task`
  return readdirSync(threads).map(id => readFileSync(`${threads}/${id}/comm`, 'utf8').trim())
}

test('a worker starts when a task finds no other free, and stays; there are never more than were asked for', async () => {
  const { client, child, hold, held, release } = await spawnHeldServer('read', 3)
  const workers = () => namesOfThreads(child.pid).filter(name => name === 'WorkerThread').length
  expect(workers()).toBe(0)
  for (let i = 0; i < 3; i++) expect(await upload(client, 'x\n1\n')).toBe('')
  expect(await columnSum(client, 'x')).toBe(3n)
  expect(workers()).toBe(1)
  hold()
  const sums = ['csv', 'parquet'].map(format => columnSum(client, 'x', format))
  await held()
  await eventually(() => expect(workers()).toBe(2))
  const uploads = Array.from({ length: 6 }, () => upload(client, 'x\n1\n'))
  await Promise.all(uploads)
  expect(workers()).toBe(3)
  release()
  expect(await Promise.all(sums)).toEqual([3n, 3n])
  expect(workers()).toBe(3)
})

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
