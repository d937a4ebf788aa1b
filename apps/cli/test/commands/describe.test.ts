import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DescribeResp } from '@table/proto'
import { beforeAll, expect, test } from 'vitest'
import { cli } from '../support/cli.ts'
import { newDirectory } from '../support/directory.ts'
import { serverOfFile } from '../support/realServer.ts'
import { serve } from '../support/tableServer.ts'

const server = serverOfFile()

beforeAll(async () => {
  const { path, remove } = newDirectory()
  const files = ['a.csv', 'b.csv'].map(name => join(path, name))
  writeFileSync(join(path, 'a.csv'), 'Price,day\n1.5,2024-01-01\n9,\n')
  writeFileSync(join(path, 'b.csv'), 'Price\n9007199254740993\n9007199254740993\n')
  expect((await cli(server(), 'upload', ...files)).exitCode).toBe(0)
  remove()
})

test('describe of a real server', async () => {
  const { stdout, stderr, exitCode } = await cli(server(), 'describe')
  expect(stdout.split('\n').slice(3)).toEqual([
    'column  types              uploads  rows  nulls  min         max',
    'Price   1 int64, 1 double        2     4      0  1.5         9007199254740993',
    'day     1 date                   1     2      1  2024-01-01  2024-01-01',
    '',
  ])
  expect([stderr, exitCode]).toEqual(['', 0])
  const json = JSON.parse((await cli(server(), 'describe', '--json')).stdout)
  expect(json).toMatchObject({ uploads: 2, rows: 4, csv_bytes: 68, more_columns: 0 })
})

const description: Partial<DescribeResp> = {
  uploads: 4n,
  rows: 1000n,
  csvBytes: 123456n,
  parquetBytes: 2345n,
  columns: [
    {
      name: 'price',
      types: [
        { type: 'int64', uploads: 3n },
        { type: 'text', uploads: 1n },
      ],
      uploads: 4n,
      rows: 1000n,
      nulls: 7n,
      min: '-5',
      max: '9223372036854775807',
    },
    {
      name: 'a,b',
      types: [{ type: 'text', uploads: 1n }],
      uploads: 1n,
      rows: 10n,
      nulls: 10n,
      min: '',
      max: '',
    },
    {
      name: 'c',
      types: [{ type: 'text', uploads: 1n }],
      uploads: 1n,
      rows: 10n,
      nulls: 0n,
      min: '',
      max: 'z\n',
    },
  ],
}

test('describe prints what is in the table, and its columns', async () => {
  const server = await serve({ describe: () => description })
  expect(await cli(server, 'describe')).toEqual({
    stdout: [
      'uploads  rows  csv_bytes  parquet_bytes',
      '      4  1000     123456           2345',
      '',
      'column  types            uploads  rows  nulls  min  max',
      'price   3 int64, 1 text        4  1000      7  -5   9223372036854775807',
      'a,b     1 text                 1    10     10',
      'c       1 text                 1    10      0       z',
      '',
    ].join('\n'),
    stderr: '',
    exitCode: 0,
  })
})

test('JSON and CSV have the same words; without a value there are no bounds', async () => {
  const server = await serve({ describe: () => ({ ...description, moreColumns: 12n }) })
  const json = await cli(server, 'describe', '--json')
  const { columns, ...totals } = JSON.parse(json.stdout)
  expect(totals).toEqual({ uploads: 4, rows: 1000, csv_bytes: 123456, parquet_bytes: 2345, more_columns: 12 })
  expect(columns).toEqual([
    {
      column: 'price',
      types: { int64: 3, text: 1 },
      uploads: 4,
      rows: 1000,
      nulls: 7,
      min: '-5',
      max: '9223372036854775807',
    },
    { column: 'a,b', types: { text: 1 }, uploads: 1, rows: 10, nulls: 10, min: null, max: null },
    { column: 'c', types: { text: 1 }, uploads: 1, rows: 10, nulls: 0, min: '', max: 'z\n' },
  ])
  expect([json.stderr, json.exitCode]).toEqual(['', 0])
  expect(await cli(server, 'describe', '--csv')).toEqual({
    stdout: [
      'column,types,uploads,rows,nulls,min,max',
      'price,"3 int64, 1 text",4,1000,7,-5,9223372036854775807',
      '"a,b",1 text,1,10,10,,',
      'c,1 text,1,10,0,,"z\n"',
      '',
    ].join('\n'),
    stderr: '12 more columns are left out\n',
    exitCode: 0,
  })
})

test('an empty table has no columns to print', async () => {
  const server = await serve({ describe: () => ({}) })
  expect((await cli(server, 'describe')).stdout).toBe(
    'uploads  rows  csv_bytes  parquet_bytes\n      0     0          0              0\n',
  )
  expect(JSON.parse((await cli(server, 'describe', '--json')).stdout).columns).toEqual([])
})

test('a server that does not know the question', async () => {
  const { stdout, stderr, exitCode } = await cli(await serve({}), 'describe')
  expect(stderr).toMatch(/^127\.0\.0\.1:\d+ is not a table server, or an older one \(.*\): .* update it\n$/)
  expect([stdout, exitCode]).toEqual(['', 1])
})
