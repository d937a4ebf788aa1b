import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import type { DescribeResp, TableClient } from '@table/proto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { log as serverLog } from '../../src/observe/log.ts'
import { failureOf, serve, upload } from '../support/server.ts'

function describeTable(client: TableClient): Promise<DescribeResp> {
  return new Promise((resolve, reject) =>
    client.describe({}, (failure, response) => (failure || !response ? reject(failure) : resolve(response))),
  )
}

const types = (counts: Record<string, bigint>) =>
  Object.entries(counts).map(([type, uploads]) => ({ type, uploads }))

test('an empty table has nothing', async () => {
  const { client } = await serve()
  expect(await describeTable(client)).toEqual({
    ...{ error: '', uploads: 0n, rows: 0n, csvBytes: 0n, parquetBytes: 0n, columns: [], moreColumns: 0n },
  })
})

test('every column has its types, rows, nulls and bounds, also of uploads that come later', async () => {
  const { client } = await serve()
  const csvs = ['x,day,t\n5,2026-11-28,a\n,,b\n', 'x,day\n-1.5,2025-01-01\n7.5,\n']
  for (const csv of csvs) expect(await upload(client, csv)).toBe('')
  const first = await describeTable(client)
  const bytes = csvs.reduce((sum, csv) => sum + csv.length, 0)
  expect(first).toMatchObject({ error: '', uploads: 2n, rows: 4n, csvBytes: BigInt(bytes), moreColumns: 0n })
  expect(first.parquetBytes).toBeGreaterThan(0n)
  const both = { uploads: 2n, rows: 4n }
  const day = { name: 'day', types: types({ date: 2n }), nulls: 2n, min: '2025-01-01', max: '2026-11-28' }
  const text = { types: types({ text: 1n }), uploads: 1n, rows: 2n, nulls: 0n, min: '', max: '' }
  expect(first.columns).toEqual([
    { ...both, name: 'x', types: types({ int64: 1n, double: 1n }), nulls: 1n, min: '-1.5', max: '7.5' },
    { ...both, ...day },
    { ...text, name: 't' },
  ])
  expect(await upload(client, 'x,u\nn/a,1\n')).toBe('')
  const second = await describeTable(client)
  expect(second).toMatchObject({ uploads: 3n, rows: 5n })
  expect(second.columns).toEqual([
    {
      ...{ name: 'x', types: types({ int64: 1n, double: 1n, text: 1n }), uploads: 3n, rows: 5n },
      ...{ nulls: 1n, min: '', max: '' },
    },
    { ...both, ...day },
    { ...text, name: 't' },
    { name: 'u', types: types({ int64: 1n }), uploads: 1n, rows: 1n, nulls: 0n, min: '1', max: '1' },
  ])
})

test('the columns that came first are described, and the others are counted', async () => {
  const { client } = await serve()
  const names = Array.from({ length: 1003 }, (_, i) => `c${i}`)
  const csv = (values: number) => `${names}\n${names.map((_, i) => i * values)}\n`
  expect(await upload(client, csv(1))).toBe('')
  expect(await upload(client, csv(-1))).toBe('')
  const { columns, moreColumns } = await describeTable(client)
  expect(moreColumns).toBe(3n)
  expect(columns).toHaveLength(1000)
  expect(columns[999]).toMatchObject({ name: 'c999', uploads: 2n, rows: 2n, min: '-999', max: '999' })
})

test('a deleted upload is not described any more', async () => {
  const { client } = await serve()
  for (const csv of ['x\n1\n', 'x,y\n9,0.5\n', 'x\n3\n']) expect(await upload(client, csv)).toBe('')
  expect((await describeTable(client)).columns).toMatchObject([{ max: '9' }, { name: 'y' }])
  await new Promise<void>((resolve, reject) =>
    client.deleteUpload({ id: 2n }, failure => (failure ? reject(failure) : resolve())),
  )
  const { uploads, rows, columns } = await describeTable(client)
  expect({ uploads, rows }).toEqual({ uploads: 2n, rows: 2n })
  expect(columns).toMatchObject([{ name: 'x', uploads: 2n, rows: 2n, min: '1', max: '3' }])
})

test('a footer that is missing is an error, once it has to be read', async () => {
  const log = vi.spyOn(serverLog, 'error').mockImplementation(() => {})
  onTestFinished(() => log.mockRestore())
  const { client, dataDir } = await serve()
  expect(await upload(client, 'x\n1\n')).toBe('')
  const known = await describeTable(client)
  const removeAll = () => {
    for (const name of readdirSync(join(dataDir, 'files'))) rmSync(join(dataDir, 'files', name))
  }
  removeAll()
  expect(await describeTable(client)).toEqual(known)
  expect(await upload(client, 'x\n1\n')).toBe('')
  removeAll()
  expect(await failureOf(describeTable(client))).toMatchObject({ code: status.DATA_LOSS })
})
