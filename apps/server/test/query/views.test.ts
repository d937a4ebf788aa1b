import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DuckDBConnection } from '@duckdb/node-api'
import { EMPTY } from '@table/table'
import { afterAll, expect, test } from 'vitest'
import { dataView, doubtfulCounts, quoted, uploadsView } from '../../src/query/views.ts'

const connection = await DuckDBConnection.create()
await connection.run("SET TimeZone = 'UTC'")
const folder = mkdtempSync(join(tmpdir(), 'table-views-'))
afterAll(() => {
  connection.closeSync()
  rmSync(folder, { recursive: true })
})

type Columns = [name: string, type: string, value: string][]
let lists = 0

/** Writes an upload with one row, received at second `id` of 1970. Returns its list of columns. */
async function uploaded(id: number, columns: Columns) {
  const schema = ++lists
  mkdirSync(join(folder, String(schema)))
  const row = columns.map(([name, , value]) => `${value} AS ${quoted(name)}`).join(', ')
  await connection.run(`COPY (SELECT ${row}) TO '${folder}/${schema}/${id}-${id * 1000}.parquet'`)
  return { schema, columns: columns.map(([name, type]) => ({ name, type })) }
}

type Schemas = Parameters<typeof dataView>[0]

async function rowsOf(schemas: Schemas, sql: string): Promise<unknown[][]> {
  await connection.run('DROP VIEW IF EXISTS data')
  await connection.run(dataView(schemas, folder))
  return (await connection.runAndReadAll(sql)).getRowsJson()
}

test('columns are united by name, whatever their names, with the upload and its time', async () => {
  const names = ['file', 'FILE_', 'a "b" \'c\'', 'f', 'c0']
  const one = await uploaded(
    1,
    names.map((name, i) => [name, 'int64', `${i}::BIGINT`]),
  )
  const other = await uploaded(2, [
    ['c0', 'int64', '40::BIGINT'],
    ['more', 'text', "'x'"],
  ])
  const columns = [...names.map(quoted), 'more', '_upload', '_received_at::VARCHAR'].join()
  expect(await rowsOf([one, other], `SELECT ${columns} FROM data ORDER BY _upload`)).toEqual([
    ['0', '1', '2', '3', '4', null, '1', '1970-01-01 00:00:01+00'],
    [null, null, null, null, '40', 'x', '2', '1970-01-01 00:00:02+00'],
  ])
})

test('without uploads there are the two columns of every table', async () => {
  expect(await rowsOf([], 'SELECT typeof(_upload), typeof(_received_at) FROM data')).toEqual([])
  expect(await rowsOf([], 'SELECT column_name, column_type FROM (DESCRIBE data)')).toEqual([
    ['_upload', 'BIGINT'],
    ['_received_at', 'TIMESTAMP WITH TIME ZONE'],
  ])
})

test.each([
  [['int64', '7::BIGINT'], ['double', '0.5::DOUBLE'], 'DOUBLE', [7, 0.5]],
  [['int64', '7::BIGINT'], ['text', "'x'"], 'VARCHAR', ['7', 'x']],
  [
    ['date', "DATE '2026-01-02'"],
    ['timestamp', "TIMESTAMP '2026-01-02 10:00:00'"],
    'TIMESTAMP',
    ['2026-01-02 00:00:00', '2026-01-02 10:00:00'],
  ],
  [['boolean', 'true'], ['boolean', 'NULL::BOOLEAN'], 'BOOLEAN', [true, null]],
] as const)('%j and %j have the type %s', async (one, other, type, values) => {
  const schemas = [await uploaded(1, [['x', ...one]]), await uploaded(2, [['x', ...other]])]
  expect(await rowsOf(schemas, 'SELECT x, typeof(x) FROM data ORDER BY _upload')).toEqual(
    values.map(value => [value, type]),
  )
})

test('an integer that no double is exactly is an error', async () => {
  const schemas = [
    await uploaded(1, [["it's", 'int64', '9007199254740993::BIGINT']]),
    await uploaded(2, [["it's", 'double', '0.5::DOUBLE']]),
  ]
  await expect(rowsOf(schemas, 'SELECT sum("it\'s") FROM data')).rejects.toThrow(
    'column "it\'s" is double in other uploads, and no double is exactly 9007199254740993',
  )
  expect(await rowsOf(schemas, 'SELECT _upload FROM data ORDER BY 1')).toEqual([['1'], ['2']])
})

test('integers that are dates elsewhere are counted, because a column without values is an integer', async () => {
  const one = await uploaded(1, [
    ['w', 'int64', '1::BIGINT'],
    ['x', 'int64', 'NULL::BIGINT'],
    ['y', 'int64', '7::BIGINT'],
  ])
  const other = await uploaded(2, [
    ['x', 'date', "DATE '2026-01-02'"],
    ['y', 'boolean', 'true'],
    ['w', 'double', '0.5'],
  ])
  const [found, ...more] = doubtfulCounts([one, other], folder)
  expect(more).toEqual([])
  expect(found).toMatchObject({ schema: one.schema, positions: [1, 2] })
  const rows = (await connection.runAndReadAll(found?.counts ?? '')).getRowsJson()
  expect(rows).toEqual([['0', '1']])
  const empty = {
    ...one,
    columns: one.columns.map(column => (column.name === 'x' ? { name: 'x', type: EMPTY } : column)),
  }
  expect(await rowsOf([empty, other], 'SELECT x::VARCHAR, typeof(x) FROM data ORDER BY _upload')).toEqual([
    [null, 'DATE'],
    ['2026-01-02', 'DATE'],
  ])
})

test('the list of uploads is a view, in which only what is not in quotes is null', async () => {
  const file = join(folder, 'uploads.csv')
  const id = 'd71f3d2e-3c35-45e6-8ad3-2ea8ba3ef6a5'
  writeFileSync(
    file,
    `1,${id.replaceAll('-', '')},"a ""b"", c",2026-01-02T03:04:05.678Z,2,3,4\n2,,"",2026-01-02T03:04:05.678Z,5,6,7\n3,,,2026-01-02T03:04:05.678Z,5,6,7\n`,
  )
  await connection.run(uploadsView(file))
  const sql =
    'SELECT id, upload_id, name, received_at::VARCHAR, rows, csv_bytes, parquet_bytes FROM uploads ORDER BY id'
  expect((await connection.runAndReadAll(sql)).getRowsJson()).toEqual([
    ['1', id, 'a "b", c', '2026-01-02 03:04:05.678+00', '2', '3', '4'],
    ['2', null, '', '2026-01-02 03:04:05.678+00', '5', '6', '7'],
    ['3', null, null, '2026-01-02 03:04:05.678+00', '5', '6', '7'],
  ])
})
