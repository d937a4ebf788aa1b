import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { RecordLine } from './hooks/record.ts'
import { spawnServer } from './support/process.ts'
import { columnSum, connectClient, eventually, temporaryDirectory, upload } from './support/server.ts'

test('a busy server does no file operation under the lock and touches no shared state without it', async () => {
  const file = join(temporaryDirectory(), 'record')
  const { ready, child, exited } = spawnServer({ hook: 'record.ts', env: { RECORD: file }, workers: 8 })
  const client = connectClient((await ready).port)
  const record = () =>
    readFileSync(file, 'utf8')
      .trim()
      .split('\n')
      .map(line => JSON.parse(line) as RecordLine)
  const csv = `x,y\n${'1,2\n'.repeat(100_000)}`
  const busy = async (i: number) => {
    for (let round = 0; round < 4; round++) {
      expect(await upload(client, csv)).toBe('')
      expect(await upload(client, 'x\nbad')).toBe('')
      await columnSum(client, 'y', i % 2 ? 'csv' : 'parquet')
    }
  }
  await Promise.all(Array.from({ length: 8 }, (_, i) => busy(i)))
  // Repeat until the main thread and every worker have worked: which worker gets which task is random.
  let sums = 8 * 4
  await eventually(async () => {
    const totals = await Promise.all(Array.from({ length: 8 }, () => columnSum(client, 'y', 'csv')))
    sums += totals.length
    for (const total of totals) expect(total).toBe(32n * 200_000n)
    const threads = record().flatMap(line => (line.what === 'operation' ? [line.thread] : []))
    expect(new Set(threads).size).toBe(9)
  })
  child.kill()
  await exited

  const lines = record()
  const operations = lines.filter(line => line.what === 'operation')
  expect(operations.filter(({ held }) => held)).toEqual([])
  expect(lines.filter(({ what }) => what === 'touch without the lock')).toEqual([])

  // An empty record must not pass: check that it has reads, writes and the catalogue.
  const kinds = new Set(operations.map(({ kind }) => kind))
  for (const kind of ['create', 'write', 'open', 'read', 'sync', 'rename', 'insert'])
    expect(kinds).toContain(kind)
  // The lock is taken to reserve and to publish 64 uploads, for the sums, and twice at the start: to count the
  // uploads and to check their sizes.
  expect(lines.filter(({ what }) => what === 'access').length).toBe(2 * 64 + sums + 2)
})
