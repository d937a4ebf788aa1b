import { expect, test } from 'vitest'
import { cli } from '../support/cli.ts'
import { type Handlers, serve } from '../support/tableServer.ts'

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
