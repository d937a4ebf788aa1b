import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { cli } from '../support/cli.ts'
import { newDirectory } from '../support/directory.ts'
import { serverOfFile } from '../support/realServer.ts'
import { type Handlers, serve } from '../support/tableServer.ts'

const server = serverOfFile()

beforeAll(async () => {
  const { path, remove } = newDirectory()
  const files = ['a.csv', 'b.csv'].map(name => join(path, name))
  writeFileSync(join(path, 'a.csv'), 'Price,day\n1.5,2024-01-01\n9,\n')
  writeFileSync(join(path, 'b.csv'), 'Price\n9007199254740993\n-9007199254740990\n')
  expect((await cli(server(), 'upload', ...files)).exitCode).toBe(0)
  remove()
})

test('stats of a real server, in both formats, and a hint for a name that it does not have', async () => {
  for (const format of ['csv', 'parquet'])
    expect(await cli(server(), 'stats', 'Price', 'day', 'price', '--format', format)).toEqual({
      stdout: [
        'column  types              rows  nulls  min                max               sum   mean',
        'Price   1 int64, 1 double     4      0  -9007199254740990  9007199254740993  13.5  3.375',
        'day     1 date                2      1  2024-01-01         2024-01-01',
        'price                         0      0',
        '',
      ].join('\n'),
      stderr: 'no upload has a column "price"; names that come close: "Price"\n',
      exitCode: 0,
    })
})

test('sum of a real server hints too', async () => {
  expect(await cli(server(), 'sum', 'DAY')).toEqual({
    stdout: '0\n',
    stderr: 'no upload has a column "DAY"; names that come close: "day"\n',
    exitCode: 0,
  })
})

/** Knows the columns price and name. */
const stats: NonNullable<Handlers['stats']> = ({ columns, format }) => ({
  error: format === 'csv' ? 'asked for CSV\nfiles' : '',
  columns: columns.map(name => {
    const nothing = { name, types: [], rows: 0n, nulls: 0n, min: '', max: '', sum: '', mean: '' }
    if (name === 'price')
      return {
        ...nothing,
        types: [
          { type: 'int64', uploads: 3n },
          { type: 'double', uploads: 1n },
        ],
        rows: 10n,
        min: '-0.5',
        max: '1e+300',
        sum: '92233720368547758070.25',
        mean: '9.2e+18',
      }
    if (name === 'name')
      return { ...nothing, types: [{ type: 'text', uploads: 1n }], rows: 4n, nulls: 2n, min: 'a', max: 'b' }
    return nothing
  }),
})

test('stats prints a line for each column', async () => {
  const server = await serve({ stats })
  expect(await cli(server, 'stats', 'price', 'name')).toEqual({
    stdout: [
      'column  types              rows  nulls  min   max     sum                      mean',
      'price   3 int64, 1 double    10      0  -0.5  1e+300  92233720368547758070.25  9.2e+18',
      'name    1 text                4      2  a     b',
      '',
    ].join('\n'),
    stderr: '',
    exitCode: 0,
  })
})

test('JSON and CSV have the same words, and every digit of a sum', async () => {
  const server = await serve({ stats })
  const json = await cli(server, 'stats', 'price', 'name', '--json')
  expect(JSON.parse(json.stdout)).toEqual([
    {
      column: 'price',
      types: { int64: 3, double: 1 },
      rows: 10,
      nulls: 0,
      min: '-0.5',
      max: '1e+300',
      sum: '92233720368547758070.25',
      mean: '9.2e+18',
    },
    { column: 'name', types: { text: 1 }, rows: 4, nulls: 2, min: 'a', max: 'b', sum: null, mean: null },
  ])
  const csv = await cli(server, 'stats', 'name', 'price', '--csv')
  expect(csv.stdout).toBe(
    'column,types,rows,nulls,min,max,sum,mean\nname,1 text,4,2,a,b,,\n' +
      'price,"3 int64, 1 double",10,0,-0.5,1e+300,92233720368547758070.25,9.2e+18\n',
  )
})

test('--format is asked for, and a refusal is one line', async () => {
  const server = await serve({ stats })
  expect(await cli(server, 'stats', 'price', '--format', 'csv')).toEqual({
    stdout: '',
    stderr: 'asked for CSV files\n',
    exitCode: 1,
  })
})

test('a column that no upload has: standard error says which names come close', async () => {
  const column = { types: [], uploads: 1n, rows: 1n, nulls: 0n, min: '', max: '' }
  const server = await serve({ stats, describe: () => ({ columns: [{ name: 'Price', ...column }] }) })
  const { stdout, stderr, exitCode } = await cli(server, 'stats', 'pri ce', '--csv')
  expect(stdout).toBe('column,types,rows,nulls,min,max,sum,mean\npri ce,,0,0,,,,\n')
  expect(stderr).toBe('no upload has a column "pri ce"; names that come close: "Price"\n')
  expect(exitCode).toBe(0)
})
