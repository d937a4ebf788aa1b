import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setLog } from '@table/storage'
import { START_OVER } from '@table/table'
import { expect, onTestFinished, test, vi } from 'vitest'
import { defaultLimits } from '../../src/config/limits.ts'
import { LocalTable } from '../../src/workers/localTable.ts'
import { Pool } from '../../src/workers/pool.ts'
import { temporaryDirectory } from '../support/server.ts'

function openTable(dataDir = temporaryDirectory()): LocalTable {
  const table = new LocalTable(dataDir, 1, defaultLimits)
  onTestFinished(() => table.close())
  return table
}

function logged() {
  const log = vi.fn()
  setLog({ info: log, warn: log, error: log })
  return log
}

const { signal } = new AbortController()

async function* csv(...parts: (string | typeof START_OVER)[]) {
  for (const part of parts) yield part === START_OVER ? part : Buffer.from(part)
}

test('the part of a body before it starts over does not count', async () => {
  const table = openTable()
  await table.upload(csv('x\n', '100\n', START_OVER, 'x\n1\n'), {}, signal)
  expect(await table.columnSum('x', 'csv', signal)).toBe(1n)
})

test('an error of a body passes unchanged, and nothing is stored', async () => {
  const dataDir = temporaryDirectory()
  const table = openTable(dataDir)
  const error = new Error('the line is cut')
  async function* broken() {
    yield Buffer.from('x\n1\n')
    throw error
  }
  await expect(table.upload(broken(), {}, signal)).rejects.toBe(error)
  for (const folder of ['incoming', 'files']) expect(readdirSync(join(dataDir, folder))).toEqual([])
})

test('a signal that is aborted before the call or during it cancels the call', async () => {
  const table = openTable()
  const cancelled = { name: 'ServiceError', code: 'cancelled' }
  await expect(table.upload(csv('x\n1\n'), {}, AbortSignal.abort())).rejects.toMatchObject(cancelled)
  const controller = new AbortController()
  async function* aborting() {
    yield Buffer.from('x\n1\n')
    controller.abort()
  }
  await expect(table.upload(aborting(), {}, controller.signal)).rejects.toMatchObject(cancelled)
  await table.upload(csv('x\n5\n'), {}, signal)
  expect(await table.columnSum('x', 'csv', signal)).toBe(5n)
  await expect(table.columnSum('x', 'csv', AbortSignal.abort())).rejects.toMatchObject(cancelled)
})

test('the first error of a sum is its answer, and ends what other workers do for it', async () => {
  const log = logged()
  const dataDir = temporaryDirectory()
  const table = openTable(dataDir)
  await table.upload(csv('x\n1\n'), {}, signal)
  const sums = vi.spyOn(Pool.prototype, 'sum')
  onTestFinished(() => sums.mockRestore())
  const cancelled = () => Atomics.load(sums.mock.calls.at(-1)?.[1] as Int32Array, 0)
  expect(await table.columnSum('x', 'csv', signal)).toBe(1n)
  expect(cancelled()).toBe(0)
  for (const name of readdirSync(join(dataDir, 'files'))) rmSync(join(dataDir, 'files', name))
  await expect(table.columnSum('x', 'csv', signal)).rejects.toMatchObject({ code: 'damaged' })
  expect(cancelled()).toBe(1)
  expect(log).toHaveBeenCalledTimes(1)
})

test('a table that is closed answers nothing more', async () => {
  const table = new LocalTable(temporaryDirectory(), 1, defaultLimits)
  await table.upload(csv('x\n1\n'), {}, signal)
  expect(await table.get(1, 1000)).toMatchObject({ id: 1 })
  await table.close()
  await expect(table.get(1, 1000)).rejects.toThrow()
})

test('an upload under an id that is stored is the stored one, and not a new one', async () => {
  const table = openTable()
  const options = { uploadId: Buffer.alloc(16, 7) }
  expect(await table.upload(csv('x\n1\n'), options, signal)).toMatchObject({ id: 1, isNew: true })
  expect(await table.upload(csv('x\n1\n'), options, signal)).toMatchObject({ id: 1, isNew: false })
})
