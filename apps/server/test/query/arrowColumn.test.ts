// Compares columns with what DuckDB's own API says of the same values.
import { DuckDBConnection, type DuckDBResult } from '@duckdb/node-api'
import type { ArrowColumn } from '@table/arrow'
import { afterAll, expect, test } from 'vitest'
import { GrowingColumn } from '../../src/query/arrowColumn.ts'

const connection = await DuckDBConnection.create()
afterAll(() => connection.closeSync())

interface Batch {
  rows: number
  column: ArrowColumn
}

/** Returns the first column of an answer, in batches of at least so many rows. */
async function batchesOf(sql: string, most = Number.POSITIVE_INFINITY): Promise<Batch[]> {
  const result: DuckDBResult = await connection.stream(sql)
  const [type] = result.columnTypes()
  if (!type) throw new Error('no column')
  const growing = new GrowingColumn(type)
  const batches: Batch[] = []
  let rows = 0
  const end = () => {
    const { values, offsets, valid, ...column } = growing.column
    // The memory of the batch is used again.
    const copy = { values: (values as Uint8Array).slice(), offsets: offsets?.slice(), valid: valid?.slice() }
    batches.push({ rows, column: { ...column, ...copy } as ArrowColumn })
    rows = 0
    growing.clear()
  }
  for (
    let chunk = await result.fetchChunk();
    chunk && chunk.rowCount > 0;
    chunk = await result.fetchChunk()
  ) {
    growing.append(chunk, 0)
    rows += chunk.rowCount
    if (rows >= most) end()
  }
  if (rows > 0) end()
  return batches
}

/** Returns the values of a column: texts as text, decimals as whole numbers. */
function valuesOf({ rows, column: { type, values, offsets, valid } }: Batch): unknown[] {
  return Array.from({ length: rows }, (_, row) => {
    if (valid && (((valid[row >> 3] as number) >> (row & 7)) & 1) === 0) return null
    if (type.name === 'bool') return (((values[row >> 3] as number) >> (row & 7)) & 1) === 1
    if (type.name === 'decimal') {
      const word = (i: number) => BigInt(values[4 * row + i] as number) << BigInt(32 * i)
      return BigInt.asIntN(128, word(0) | word(1) | word(2) | word(3))
    }
    if (!offsets) return values[row]
    const bytes = Buffer.from(values.buffer as ArrayBuffer).subarray(offsets[row], offsets[row + 1])
    return type.name === 'binary' ? bytes : bytes.toString()
  })
}

async function columnOf(sql: string): Promise<unknown[]> {
  const batches = await batchesOf(sql)
  return batches.flatMap(valuesOf)
}

const int = (bits: 8 | 16 | 32 | 64, signed = true) => ({ name: 'int', bits, signed })
const timestamp = (unit: string, utc = false) => ({ name: 'timestamp', unit, utc })

test.each<[type: string, arrow: unknown, texts: string[], values: unknown[]]>([
  ['BOOLEAN', { name: 'bool' }, ['true', 'false'], [true, false]],
  ['TINYINT', int(8), ['-128', '127'], [-128, 127]],
  ['SMALLINT', int(16), ['-32768', '32767'], [-32768, 32767]],
  ['INTEGER', int(32), ['-2147483648', '7'], [-2147483648, 7]],
  ['BIGINT', int(64), ['-9223372036854775808', '7'], [-(2n ** 63n), 7n]],
  ['UTINYINT', int(8, false), ['0', '255'], [0, 255]],
  ['USMALLINT', int(16, false), ['0', '65535'], [0, 65535]],
  ['UINTEGER', int(32, false), ['0', '4294967295'], [0, 4294967295]],
  ['UBIGINT', int(64, false), ['0', '18446744073709551615'], [0n, 2n ** 64n - 1n]],
  ['HUGEINT', { name: 'decimal', precision: 38, scale: 0 }, ['-170', '7'], [-170n, 7n]],
  ['UHUGEINT', { name: 'decimal', precision: 38, scale: 0 }, ['170', '7'], [170n, 7n]],
  ['FLOAT', { name: 'float', bits: 32 }, ['1.5', '-0.25'], [1.5, -0.25]],
  ['DOUBLE', { name: 'float', bits: 64 }, ['0.1', '-1e300'], [0.1, -1e300]],
  ['DATE', { name: 'date' }, ['1970-01-02', '1969-12-31'], [1, -1]],
  ['TIME', { name: 'time' }, ['00:00:01', '23:59:59.999999'], [1_000_000n, 86_399_999_999n]],
  ['TIMESTAMP', timestamp('us'), ['1970-01-01 00:00:01', '1969-12-31 23:59:59.5'], [1_000_000n, -500_000n]],
  ['TIMESTAMP_S', timestamp('s'), ['1970-01-01 00:01:00'], [60n]],
  ['TIMESTAMP_MS', timestamp('ms'), ['1970-01-01 00:00:00.002'], [2n]],
  ['TIMESTAMP_NS', timestamp('ns'), ['1970-01-01 00:00:00.000000003'], [3n]],
  ['TIMESTAMPTZ', timestamp('us', true), ['1970-01-01 00:00:00+01'], [-3_600_000_000n]],
  [
    'VARCHAR',
    { name: 'utf8' },
    ['', 'zwölf bytes', 'more than twelve bytes'],
    ['', 'zwölf bytes', 'more than twelve bytes'],
  ],
  ['BLOB', { name: 'binary' }, ['a\\x00b', '\\xFF'], [Buffer.from('a\0b'), Buffer.of(0xff)]],
  [
    'UUID',
    { name: 'utf8' },
    ['d71f3d2e-3c35-45e6-8ad3-2ea8ba3ef6a5'],
    ['d71f3d2e-3c35-45e6-8ad3-2ea8ba3ef6a5'],
  ],
  ['INTEGER[]', { name: 'utf8' }, ['[1, NULL]', '[]'], ['[1,null]', '[]']],
])('%s', async (type, arrow, texts, values) => {
  const rows = [...texts.map(text => `('${text}')`), '(NULL)'].join()
  const [batch] = await batchesOf(`SELECT v::${type} FROM (VALUES ${rows}) t(v)`)
  if (!batch) throw new Error('no rows')
  expect(batch.column.type).toEqual(arrow)
  expect(valuesOf(batch)).toEqual([...values, null])
})

test.each([
  [4, 2],
  [5, 0],
  [9, 9],
  [10, 3],
  [18, 5],
  [19, 0],
  [38, 10],
])('decimals of %i digits, %i of them behind the point', async (width, scale) => {
  const most = 10n ** BigInt(width) - 1n
  const whole = [most, -most, 0n, 1n, -1n, most / 3n]
  const texts = whole.map(value => {
    const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
    const at = digits.length - scale
    return `('${value < 0n ? '-' : ''}${digits.slice(0, at)}.${digits.slice(at)}'::DECIMAL(${width}, ${scale}))`
  })
  const batches = await batchesOf(`SELECT * FROM (VALUES ${texts.join()}, (NULL)) t(v)`)
  expect(batches[0]?.column.type).toEqual({ name: 'decimal', precision: width, scale })
  expect(batches.flatMap(valuesOf)).toEqual([...whole, null])
})

test('huge integers are decimals of 38 digits, and one digit more is an error', async () => {
  const most = 10n ** 38n - 1n
  const values = [most, -most, 0n, -1n, 2n ** 96n, -(2n ** 96n)]
  const sql = (list: readonly unknown[], type = 'HUGEINT') =>
    `SELECT v::${type} FROM (VALUES ${list.map(value => `(${value === null ? 'NULL' : `'${value}'`})`).join()}) t(v)`
  expect(await columnOf(sql([...values, null]))).toEqual([...values, null])
  expect(await columnOf(sql([most, 0n], 'UHUGEINT'))).toEqual([most, 0n])
  for (const value of [most + 1n, -most - 1n, 2n ** 127n - 1n, -(2n ** 127n)])
    await expect(columnOf(sql([0n, value]))).rejects.toThrow(`the whole number ${value}, at most 38 digits`)
  for (const value of [most + 1n, 2n ** 127n, 2n ** 128n - 1n])
    await expect(columnOf(sql([0n, value], 'UHUGEINT'))).rejects.toThrow(`the whole number ${value}, at most`)
})

test.each<[what: string, sql: string, expected: (i: number) => unknown]>([
  ['integers', 'CASE WHEN i % 7 <> 3 THEN i END', i => (i % 7 === 3 ? null : BigInt(i))],
  ['booleans', 'CASE WHEN i % 11 <> 0 THEN i % 3 = 0 END', i => (i % 11 === 0 ? null : i % 3 === 0)],
  [
    'texts',
    "CASE WHEN i % 5 <> 1 THEN repeat('é', (i % 20)::BIGINT) END",
    i => (i % 5 === 1 ? null : 'é'.repeat(i % 20)),
  ],
  ['words', 'CASE WHEN i % 5 <> 1 THEN [i] END', i => (i % 5 === 1 ? null : `[${i}]`)],
  [
    'decimals',
    'CASE WHEN i % 5 <> 1 THEN (i - 5000)::DECIMAL(12, 2) END',
    i => (i % 5 === 1 ? null : BigInt(i - 5000) * 100n),
  ],
  ['bytes', '(i % 100)::TINYINT', i => i % 100],
  ['small integers', '(i - 5000)::SMALLINT', i => i - 5000],
  ['unsigned integers', 'i::UINTEGER', i => i],
  ['singles', '(i / 4)::FLOAT', i => i / 4],
  ['doubles', 'i / 3', i => i / 3],
  ['dates', "DATE '1970-01-01' + i::INTEGER", i => i],
  ['times', "TIME '00:00:00' + to_microseconds(i)", BigInt],
])('batches of %s have each value and null once', async (_, sql, expected) => {
  const all = Array.from({ length: 20_000 }, (_, i) => i).filter(i => i % 13 !== 5)
  const query = `SELECT ${sql} FROM range(20000) t(i) WHERE i % 13 <> 5`
  for (const most of [1, 5000, 100_000]) {
    const batches = await batchesOf(query, most)
    expect(batches.flatMap(valuesOf)).toEqual(all.map(expected))
    if (most < 100_000) expect(batches.length).toBeGreaterThan(2)
  }
})

test('a column without nulls says so, and a column counts its bytes', async () => {
  const [batch] = await batchesOf('SELECT i FROM range(10) t(i)')
  expect(batch?.column.valid).toBeUndefined()
  const bytesOf = async (sql: string) => {
    const result = await connection.stream(sql)
    const growing = new GrowingColumn(result.columnTypes()[0] as never)
    const chunk = await result.fetchChunk()
    if (chunk) growing.append(chunk, 0)
    return growing.bytes
  }
  expect(await bytesOf('SELECT i FROM range(10) t(i)')).toBe(80)
  expect(await bytesOf("SELECT 'abc' FROM range(10)")).toBe(30 + 4 * 11)
})
