import type { ColumnStats } from '@table/proto'
import { expect, test } from 'vitest'
import { type Served, serve, upload } from '../support/server.ts'

/** A server that has these uploads, in this order. */
async function having(...csvs: string[]): Promise<Served> {
  const server = await serve()
  for (const csv of csvs) expect(await upload(server.client, csv)).toBe('')
  return server
}

/** The answer or the error, which both formats must agree on. */
async function statsOf({ client }: Served, ...columns: string[]): Promise<ColumnStats[] | string> {
  const ask = (format: string) =>
    new Promise<ColumnStats[] | string>((resolve, reject) =>
      client.stats({ columns, format }, (failure, { error, columns: found } = { error: '', columns: [] }) =>
        failure ? reject(failure) : resolve(error || found),
      ),
    )
  const found = await ask('csv')
  expect(await ask('parquet')).toEqual(found)
  return found
}

const types = (counts: Record<string, bigint>) =>
  Object.entries(counts).map(([type, uploads]) => ({ type, uploads }))

test('columns of numbers have exact sums over all uploads, beyond int64', async () => {
  const server = await having('x,y\n9223372036854775807,a\n,b\n', 'z,x\n1,9223372036854775807\n')
  expect(await statsOf(server, 'z', 'x')).toEqual([
    { name: 'z', types: types({ int64: 1n }), rows: 1n, nulls: 0n, min: '1', max: '1', sum: '1', mean: '1' },
    {
      ...{ name: 'x', types: types({ int64: 2n }), rows: 3n, nulls: 1n },
      ...{ min: '9223372036854775807', max: '9223372036854775807' },
      ...{ sum: '18446744073709551614', mean: '9223372036854776000' },
    },
  ])
})

test('integers, doubles and texts of integers are numbers together, and equal bounds show the integer', async () => {
  const server = await having(
    'x\n9007199254740993\n',
    'x\n9007199254740992.0\n',
    'x\n007\n',
    'x\n1e300\n0.5\n',
  )
  expect(await statsOf(server, 'x')).toMatchObject([
    {
      ...{ types: types({ int64: 1n, double: 2n, text: 1n }), rows: 5n },
      ...{ min: '0.5', max: '1e+300', sum: '1e+300', mean: '2e+299' },
    },
  ])
})

test('of numbers and other texts only rows and nulls are counted', async () => {
  const server = await having('x\n1\n', 'x,y\nn/a,1\n,2\n', 'x\n2026-11-28\n')
  expect(await statsOf(server, 'x')).toEqual([
    {
      ...{ name: 'x', types: types({ int64: 1n, date: 1n, text: 1n }), rows: 4n, nulls: 1n },
      ...{ min: '', max: '', sum: '', mean: '' },
    },
  ])
})

test('a column that no upload has has no types and no rows; a column named twice is answered once', async () => {
  const nothing = { types: [], rows: 0n, nulls: 0n, min: '', max: '', sum: '', mean: '' }
  expect(await statsOf(await having('x\n1\n'), 'q', 'q')).toEqual([{ name: 'q', ...nothing }])
  expect(await statsOf(await serve(), 'x')).toEqual([{ name: 'x', ...nothing }])
})

test('a wrong question is told what is expected', async () => {
  const server = await serve()
  const expected = (found: number) => `found ${found} columns in the question, expected 1 to 100`
  expect(await statsOf(server)).toBe(expected(0))
  expect(await statsOf(server, ...Array.from({ length: 101 }, (_, i) => `c${i}`))).toBe(expected(101))
  const answer = new Promise((resolve, reject) =>
    server.client.stats({ columns: ['x'], format: 'xls' }, (failure, response) =>
      failure ? reject(failure) : resolve(response?.error),
    ),
  )
  expect(await answer).toBe('found the format "xls", expected "csv" or "parquet"')
})
