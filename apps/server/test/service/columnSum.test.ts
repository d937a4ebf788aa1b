import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { type Cancellation, openStore } from '@table/storage'
import { expect, onTestFinished, test } from 'vitest'
import { defaultLimits } from '../../src/config/limits.ts'
import { colSum } from '../../src/service/columnSum.ts'
import { Pool } from '../../src/workers/pool.ts'
import { temporaryDirectory } from '../support/server.ts'

test('the first error of a sum is its answer, and ends what other workers do for it', async () => {
  const store = openStore(temporaryDirectory())
  const pool = new Pool(store, 1, defaultLimits)
  onTestFinished(async () => {
    await pool.close()
    store.close()
  })
  const cancellation: Cancellation = new Int32Array(new SharedArrayBuffer(4))
  const id = await store.catalogue.reserve()
  const upload = await pool.commit(id, '2026-01-02T03:04:05Z', cancellation, Buffer.from('x\n1\n'), undefined)
  await store.catalogue.publish(upload)
  const sum = () => colSum(store, pool, { column: 'x', format: 'csv' }, cancellation)
  expect(await sum()).toEqual({ total: 1n, error: '' })
  expect(Atomics.load(cancellation, 0)).toBe(0)
  for (const name of readdirSync(join(store.dataDir, 'files'))) rmSync(join(store.dataDir, 'files', name))
  await expect(sum()).rejects.toMatchObject({ code: 'damaged' })
  expect(Atomics.load(cancellation, 0)).toBe(1)
})
