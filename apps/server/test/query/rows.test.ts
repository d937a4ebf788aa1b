import { DuckDBConnection } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import { FailedLate, rowsOf } from '../../src/query/rows.ts'

const connection = await DuckDBConnection.create()
afterAll(() => connection.closeSync())

async function batchesOf(sql: string) {
  const { fields, batches } = rowsOf(await connection.stream(sql))
  const found: { rows: number; bytes: number; first: unknown }[] = []
  for await (const { rows, columns } of batches) {
    const bytes = columns.reduce((sum, column) => sum + column.bytes, 0)
    found.push({ rows, bytes, first: columns[0]?.column.values[0] })
  }
  return { fields, found }
}

const sum = (numbers: number[]) => numbers.reduce((total, number) => total + number, 0)

test('columns have their names and types, also without rows', async () => {
  const { fields, found } = await batchesOf('SELECT 1::INTEGER AS a, \'x\' AS "b c" WHERE false')
  expect(fields).toEqual([
    { name: 'a', type: { name: 'int', bits: 32, signed: true } },
    { name: 'b c', type: { name: 'utf8' } },
  ])
  expect(found).toEqual([])
})

test('few rows are one batch', async () => {
  const { found } = await batchesOf('SELECT x FROM range(7, 5007) t(x)')
  expect(found).toEqual([{ rows: 5000, bytes: 40_000, first: 7n }])
})

test('a batch ends with its rows or its bytes, and the next one begins where it ended', async () => {
  // DuckDB gives up to 2048 rows at a time.
  const narrow = await batchesOf('SELECT x::INTEGER FROM range(300000) t(x)')
  const rows = narrow.found.map(batch => batch.rows)
  expect(sum(rows)).toBe(300_000)
  for (const count of rows.slice(0, -1)) {
    expect(count).toBeGreaterThanOrEqual(65_536)
    expect(count).toBeLessThan(65_536 + 2048)
  }
  expect(rows.at(-1)).toBeLessThan(65_536)
  expect(narrow.found.map(({ first }) => first)).toEqual(rows.map((_, i) => sum(rows.slice(0, i))))

  const wide = await batchesOf("SELECT x, repeat('a', 100) FROM range(50000) t(x)")
  expect(sum(wide.found.map(batch => batch.rows))).toBe(50_000)
  for (const { bytes } of wide.found.slice(0, -1)) {
    expect(bytes).toBeGreaterThanOrEqual(512 * 1024)
    expect(bytes).toBeLessThan(512 * 1024 + 2048 * 112 + 8)
  }
})

test('a query that fails after its first rows is no short answer', async () => {
  const sql = "SELECT CASE WHEN x = 250000 THEN error('late') ELSE x END FROM range(300000) t(x)"
  await expect(batchesOf(sql)).rejects.toThrow(FailedLate)
})

test('an answer that is not taken whole can be closed', async () => {
  const result = await connection.stream('SELECT x FROM range(1000000) t(x)')
  for await (const { rows } of rowsOf(result).batches) {
    expect(rows).toBeGreaterThan(0)
    break
  }
  expect((await connection.runAndReadAll('SELECT 1')).currentRowCount).toBe(1)
})
