import { zstdDecompressSync } from 'node:zlib'
import { tableFromIPC } from 'apache-arrow'
import { parquetReadObjects } from 'hyparquet'
import { beforeAll, expect, test } from 'vitest'
import { type Answer, ask, serveFile, stored } from '../support/http.ts'

const server = serveFile()

beforeAll(async () => {
  await stored(server, 'x,t\n1,a\n2,b\n')
})

function query(sql: string, accept?: string, headers = {}): Promise<Answer> {
  const accepting = accept === undefined ? {} : { accept }
  return ask(server, 'POST', '/query', {
    body: sql,
    headers: { 'content-type': 'application/sql', ...accepting, ...headers },
  })
}

async function textOf(sql: string, accept: string): Promise<string> {
  const { status, text } = await query(sql, accept)
  expect([status, text]).toEqual([200, text])
  return text
}

/** Every type that an answer can have, each with a null, and integers on both sides of what a double holds. */
const types = {
  int64: ['9007199254740991', '-9007199254740993'],
  uint8: ['255::UTINYINT', '0::UTINYINT'],
  huge: ['12345678901234567890123456789012345678::HUGEINT', '9007199254740991::HUGEINT'],
  decimal: ['1.50::DECIMAL(9,2)', '-0.05::DECIMAL(9,2)'],
  double: ['0.1::DOUBLE', "'-inf'::DOUBLE"],
  float: ['0.1::FLOAT', "'nan'::FLOAT"],
  bool: ['true', 'false'],
  text: [
    `'a "quoted", text of
two lines ü'`,
    "''",
  ],
  blob: ["'\\xAB\\x00'::BLOB", "''::BLOB"],
  date: ["DATE '2026-11-29'", "DATE '0001-01-01'"],
  time: ["TIME '10:00:00.5'", "TIME '00:00:00'"],
  timestamp: ["TIMESTAMP '2026-11-29 10:00:00.000001'", "TIMESTAMP '1969-12-31 23:59:59'"],
  seconds: ["TIMESTAMP_S '2026-11-29 10:00:00'", "TIMESTAMP_S '1969-12-31 23:59:59'"],
  utc: ["TIMESTAMPTZ '2026-11-29 10:00:00+01'", "TIMESTAMPTZ '1970-01-01 00:00:00Z'"],
  list: ['[1, NULL]', '[]::INTEGER[]'],
}
const names = Object.keys(types)
const everything = `SELECT * FROM (VALUES
  (1, ${Object.values(types).map(([first]) => first)}),
  (2, ${names.map(() => 'NULL')}),
  (3, ${Object.values(types).map(([, second]) => second)})) AS v(n, ${names}) ORDER BY n`

test('JSON has the columns with their types and each row, with numbers only where no program rounds them', async () => {
  const { headers, text } = await query(everything)
  expect(headers['content-type']).toBe('application/json')
  const { columns, rows } = JSON.parse(text)
  expect(Object.fromEntries(columns.map(({ name, type }: Record<string, string>) => [name, type]))).toEqual({
    n: 'int32',
    int64: 'int64',
    uint8: 'uint8',
    huge: 'decimal(38,0)',
    decimal: 'decimal(9,2)',
    double: 'double',
    float: 'float',
    bool: 'boolean',
    text: 'text',
    blob: 'blob',
    date: 'date',
    time: 'time',
    timestamp: 'timestamp',
    seconds: 'timestamp_s',
    utc: 'timestamp-utc',
    list: 'text',
  })
  expect(rows).toEqual([
    [
      1,
      9007199254740991,
      255,
      '12345678901234567890123456789012345678',
      '1.50',
      0.1,
      0.1,
      true,
      'a "quoted", text of\ntwo lines ü',
      '\\xab00',
      '2026-11-29',
      '10:00:00.5',
      '2026-11-29T10:00:00.000001',
      '2026-11-29T10:00:00',
      '2026-11-29T09:00:00Z',
      '[1,null]',
    ],
    [2, ...names.map(() => null)],
    [
      3,
      '-9007199254740993',
      0,
      9007199254740991,
      '-0.05',
      '-Infinity',
      'NaN',
      false,
      '',
      '\\x',
      '0001-01-01',
      '00:00:00',
      '1969-12-31T23:59:59',
      '1969-12-31T23:59:59',
      '1970-01-01T00:00:00Z',
      '[]',
    ],
  ])
})

test('CSV has the texts of all values, and null as an empty field', async () => {
  const { headers, text } = await query(everything, 'text/csv')
  expect(headers['content-type']).toBe('text/csv; charset=utf-8')
  expect(text.split('\n')).toEqual([
    `n,${names}`,
    '1,9007199254740991,255,12345678901234567890123456789012345678,1.50,0.1,0.1,true,"a ""quoted"", text of',
    'two lines ü",\\xab00,2026-11-29,10:00:00.5,2026-11-29T10:00:00.000001,2026-11-29T10:00:00,2026-11-29T09:00:00Z,"[1,null]"',
    '2,,,,,,,,,,,,,,,',
    '3,-9007199254740993,0,9007199254740991,-0.05,-Infinity,NaN,false,"",\\x,0001-01-01,00:00:00,1969-12-31T23:59:59,1969-12-31T23:59:59,1970-01-01T00:00:00Z,[]',
    '',
  ])
})

test('Parquet and Arrow have the same values', async () => {
  const { headers, body } = await query(everything, 'application/vnd.apache.parquet')
  expect(headers['content-type']).toBe('application/vnd.apache.parquet')
  const file = body.buffer.slice(body.byteOffset, body.byteOffset + body.length) as ArrayBuffer
  const compressors = { ZSTD: (page: Uint8Array) => zstdDecompressSync(page) }
  const rows = await parquetReadObjects({ file, compressors, utf8: false })
  const arrow = await query(everything, 'application/vnd.apache.arrow.stream')
  expect(arrow.headers['content-type']).toBe('application/vnd.apache.arrow.stream')
  const table = tableFromIPC(arrow.body)
  for (const name of ['n', 'int64', 'uint8', 'double', 'float', 'bool', 'text', 'blob', 'list'])
    expect([name, rows.map(row => row[name])]).toEqual([name, [...(table.getChild(name) ?? [])]])
  expect(rows.map(({ date, utc, huge }) => [date, utc, String(huge)])).toEqual([
    [new Date('2026-11-29'), new Date('2026-11-29T09:00:00Z'), expect.stringMatching(/^1\.?23456789/)],
    [null, null, 'null'],
    [new Date('0001-01-01'), new Date(0), '9007199254740991'],
  ])
})

test('long answers are whole in every format', async () => {
  const rows = 300_000
  const sql = `SELECT i, CASE WHEN i % 3 > 0 THEN 'text ' || i END AS t, i % 2 = 0 AS b FROM range(${rows}) r(i)`
  const expected = Array.from({ length: rows }, (_, i) => [i, i % 3 > 0 ? `text ${i}` : null, i % 2 === 0])
  // Vitest takes seconds to compare so many arrays.
  const expectedText = JSON.stringify(expected)
  expect(JSON.stringify(JSON.parse(await textOf(sql, 'application/json')).rows)).toBe(expectedText)
  expect(await textOf(sql, 'text/csv')).toBe(
    ['i,t,b', ...expected.map(([i, t, b]) => `${i},${t ?? ''},${b}`), ''].join('\n'),
  )
  const { body } = await query(sql, 'application/vnd.apache.parquet')
  const file = body.buffer.slice(body.byteOffset, body.byteOffset + body.length) as ArrayBuffer
  const compressors = { ZSTD: (page: Uint8Array) => zstdDecompressSync(page) }
  const read = await parquetReadObjects({ file, compressors })
  expect(JSON.stringify(read.map(({ i, t, b }) => [Number(i), t, b]))).toBe(expectedText)
})

test('an answer without rows has its columns', async () => {
  const none = 'SELECT x, t FROM data WHERE false'
  expect(JSON.parse(await textOf(none, 'application/json'))).toEqual({
    columns: [
      { name: 'x', type: 'int64' },
      { name: 't', type: 'text' },
    ],
    rows: [],
  })
  expect(await textOf(none, 'text/csv')).toBe('x,t\n')
})

test.each([
  [undefined, 'application/json'],
  ['*/*', 'application/json'],
  ['text/*', 'text/csv'],
  ['application/vnd.apache.parquet, application/json;q=0.5', 'application/vnd.apache.parquet'],
])('Accept: %s gets %s', async (accept, type) => {
  const { headers } = await query('SELECT 1', accept)
  expect(headers['content-type']?.replace(/;.*/, '')).toBe(type)
})

test('a query that is refused says why, whatever it accepts', async () => {
  const refused = async (body: string, accept?: string, headers = {}) => {
    const { status, text } = await query(body, accept, headers)
    return [status, JSON.parse(text).detail]
  }
  expect(await refused('SELECT y FROM data')).toEqual([422, expect.stringContaining('"y"')])
  expect(await refused('SELECT y FROM data', 'text/csv')).toEqual([422, expect.stringContaining('"y"')])
  expect(await refused('DROP TABLE data')).toEqual([422, expect.any(String)])
  expect(await refused('')).toEqual([422, expect.stringContaining('found no statement')])
  expect(await refused('SELECT 1 AS a, 2 AS a', 'application/vnd.apache.parquet')).toEqual([
    422,
    expect.stringContaining('two columns are called "a"'),
  ])
  expect(await refused('SELECT 1'.padEnd(70_000))).toEqual([413, expect.stringContaining('at most 65536')])
  const form = { 'content-type': 'application/x-www-form-urlencoded' }
  expect(await refused('SELECT 1', '*/*', form)).toEqual([415, expect.stringContaining('application/sql')])
  expect(await refused('SELECT 1', 'image/png')).toEqual([406, expect.stringContaining('text/csv')])
  const { status } = await query('SELECT 1', '*/*', { origin: 'http://evil.com' })
  expect(status).toBe(403)
})

test('an error after the first rows cuts the answer off', async () => {
  const late = "SELECT CASE WHEN i > 900000 THEN error('late') ELSE i END AS i FROM range(1000000) r(i)"
  for (const accept of ['application/json', 'text/csv'])
    await expect(query(late, accept)).rejects.toThrow(/aborted/)
})

test.each([-1, 0, 1, 2, 262_145])('an answer that ends %i bytes behind a frame is whole', async more => {
  const bytes = 256 * 1024 + more
  // The name, the text, and a line feed after each.
  const text = await textOf(`SELECT repeat('y', ${bytes - 3}) AS x`, 'text/csv')
  expect(text.length).toBe(bytes)
  expect(text.endsWith('y\n')).toBe(true)
})
