import { existsSync, readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { parquetHeader } from 'hyparquet/src/column.js'
import { afterEach, expect, test } from 'vitest'
import { type FileOperation, observeFileOperations } from '../../src/files.ts'
import { convertCsv } from '../../src/ingest/convert.ts'
import { defaultStorageLimits, setStorageLimits } from '../../src/limits.ts'
import { sumParquetColumn } from '../../src/sum/parquet.ts'
import { thrown } from '../support/directories.ts'
import { temporaryFile, temporaryPath } from '../support/files.ts'
import { footerOf, readParquet } from '../support/readParquet.ts'

const path = temporaryPath('output.parquet')

afterEach(() => observeFileOperations(undefined))

function rowsOfGroups(): number[] {
  return footerOf(path).row_groups.map(({ num_rows }) => Number(num_rows))
}

function convert(text: string) {
  return convertCsv(temporaryFile(text), path)
}

test('each type is written with its logical type', () => {
  convert('i,d,b,day,time,utc,t\n1,0.5,true,2024-01-01,2024-01-01T10:00,2024-01-01T10:00Z,x\n')
  const fields = footerOf(path).schema.slice(1)
  expect(fields.map(({ type, logical_type }) => [type, logical_type])).toEqual([
    ['INT64', undefined],
    ['DOUBLE', undefined],
    ['BOOLEAN', undefined],
    ['INT32', { type: 'DATE' }],
    ['INT64', { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' }],
    ['INT64', { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' }],
    ['BYTE_ARRAY', { type: 'STRING' }],
  ])
  expect(fields.every(({ repetition_type }) => repetition_type === 'OPTIONAL')).toBe(true)
})

test('statistics are the least and the greatest value and the number of nulls', () => {
  convert(
    'i,d,b,day,t,none,u\n' +
      '9223372036854775807,NaN,true,2024-01-01,b,,4294967295\n' +
      '-9223372036854775808,-1.5,,1969-12-31,a,,1\n' +
      ',1e300,true,,é,,2147483648\n' +
      '4294967296,,true,0001-01-01,,,3\n',
  )
  const statistics = footerOf(path).row_groups[0].columns.map(({ meta_data }) => {
    const { min_value, max_value, null_count } = meta_data?.statistics ?? {}
    return [min_value, max_value, null_count]
  })
  expect(statistics).toEqual([
    [-(2n ** 63n), 2n ** 63n - 1n, 1n],
    [-1.5, 1e300, 1n],
    [true, true, 1n],
    [new Date('0001-01-01'), new Date('2024-01-01'), 1n],
    ['a', 'é', 1n],
    [undefined, undefined, 4n],
    [1n, 4294967295n, 0n],
  ])
})

test.each([
  ['b', 'c'],
  ['\uD7FF', '\uE000'], // the surrogates between them are no characters
  ['\u{10FFFF}', ''], // there is no greater one
])('the greatest of long texts is cut before %j and rounded up', (last, next) => {
  const size = 64 - Buffer.byteLength(last)
  const head = 'a'.repeat(size)
  convert(`t\n${head}${last}xyz\n`)
  const { max_value, min_value, is_max_value_exact } = chunkStatistics()
  expect(min_value).toBe(head + last)
  expect(max_value).toBe(next ? head + next : `${'a'.repeat(size - 1)}b`)
  expect(is_max_value_exact).toBe(false)
})

function chunkStatistics() {
  return footerOf(path).row_groups[0]?.columns[0]?.meta_data?.statistics ?? {}
}

test('zero bounds of doubles keep their sign and a column of NaN has no bounds', () => {
  convert('zero,nan\n0.0,NaN\n-0.0,NaN\n')
  const [zero, nan] = footerOf(path).row_groups[0].columns.map(({ meta_data }) => meta_data?.statistics)
  expect([zero?.min_value, zero?.max_value]).toEqual([-0, 0])
  expect([nan?.min_value, nan?.max_value]).toEqual([undefined, undefined])
})

test('a table without rows has a schema and no row group', async () => {
  expect(convert('x,y\n').rows).toBe(0)
  expect(footerOf(path).row_groups).toEqual([])
  expect(footerOf(path).num_rows).toBe(0n)
  expect(await readParquet(path)).toEqual([])
})

test('a large table is written in row groups of bounded size, each page with its checksum', () => {
  const rows = 1_200_000
  let text = 'few,many,half\n'
  for (let i = 0; i < rows; i++) text += `${i % 100},${i * 7919},${i % 2 ? i : ''}\n`
  convert(text)
  const { row_groups, num_rows } = footerOf(path)
  expect(num_rows).toBe(BigInt(rows))
  expect(row_groups.length).toBeGreaterThan(1)
  expect(row_groups.reduce((sum, group) => sum + group.num_rows, 0n)).toBe(BigInt(rows))

  const bytes = Uint8Array.from(readFileSync(path))
  let pages = 0
  for (const { columns } of row_groups) {
    for (const { meta_data } of columns) {
      if (!meta_data) throw new Error('no metadata')
      expect(meta_data.total_compressed_size).toBeLessThan(10n * 1024n * 1024n)
      const start = Number(meta_data.dictionary_page_offset ?? meta_data.data_page_offset)
      const reader = { view: new DataView(bytes.buffer), offset: start }
      let values = 0
      while (reader.offset < start + Number(meta_data.total_compressed_size)) {
        const { crc, compressed_page_size, data_page_header } = parquetHeader(reader)
        const page = bytes.subarray(reader.offset, reader.offset + compressed_page_size)
        expect((crc as number) >>> 0).toBe(crc32(page))
        expect(compressed_page_size).toBeLessThan(2 * 1024 * 1024)
        values += data_page_header?.num_values ?? 0
        reader.offset += compressed_page_size
        pages++
      }
      expect(BigInt(values)).toBe(meta_data.num_values)
    }
  }
  expect(pages).toBeGreaterThan(3 * row_groups.length)
})

test('row groups are large if most fields of many columns are empty', () => {
  const columns = Array.from({ length: 64 }, (_, i) => `c${i}`)
  convert(`${columns.join(',')}\n${`1${','.repeat(63)}\n`.repeat(150_000)}`)
  expect(rowsOfGroups()).toEqual([150_000])
})

test('row groups of many columns are bounded by what their values take, nulls among them', () => {
  const columns = Array.from({ length: 64 }, (_, i) => `c${i}`)
  const full = `${columns.map((_, i) => i).join(',')}\n`
  convert(`${columns.join(',')}\n${full.repeat(30_000)}`)
  expect(rowsOfGroups()[0]).toBeLessThan(11_000)
  // A byte for each row and column says which rows are null.
  convert(`${columns.join(',')}\n${full}${`${','.repeat(63)}\n`.repeat(200_000)}`)
  expect(rowsOfGroups()[0]).toBeGreaterThan(50_000)
  expect(rowsOfGroups()[0]).toBeLessThan(100_000)
})

test('values of many columns come back, wherever a column is empty for a stretch', async () => {
  // Each column has a type of its own, and a value in one of several rows, except for a stretch of rows
  // without values.
  const kinds: [fill: (i: number) => string, read: (i: number) => unknown][] = [
    [i => `${i * 7919}`, i => BigInt(i * 7919)],
    [i => `${i}.5`, i => i + 0.5],
    [i => `${i % 3 === 0}`, i => i % 3 === 0],
    [i => `text ${'x'.repeat(i % 50)}`, i => `text ${'x'.repeat(i % 50)}`],
    [i => `20${10 + (i % 90)}-01-01`, i => Date.UTC(2010 + (i % 90), 0, 1) / 86_400_000],
  ]
  const rows = 60_000
  const columns = 35
  const has = (row: number, column: number) => {
    const stretch = Math.floor(row / 12_000)
    if (stretch % 5 === column % 5 || (column % 3 === 0 && stretch < column % 4)) return false
    return row % (1 + ((column * 7) % 11)) === 0
  }
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (_, column) =>
      has(row, column) ? kinds[column % kinds.length]?.[0](row) : '',
    ).join(','),
  )
  convert(`${Array.from({ length: columns }, (_, i) => `c${i}`).join(',')}\n${lines.join('\n')}`)
  expect(rowsOfGroups().length).toBeGreaterThan(1)
  const read = await readParquet(path)
  expect(read.length).toBe(rows)
  const wrong = read.findIndex((values, row) =>
    values.some((value, column) => {
      const kind = kinds[column % kinds.length]
      return value !== (has(row, column) ? kind?.[1](row) : null)
    }),
  )
  expect(wrong).toBe(-1)
})

/** Returns a table whose footer is longer than the part that is kept in memory or read at once. */
function wideCsv(): { names: string[]; csv: string; rows: number } {
  const names = Array.from({ length: 500 }, (_, i) => `${i} ${'n'.repeat(1000)}`)
  const rows = 9000
  return { names, rows, csv: `${names.join()}\n${`${names.map((_, i) => i).join()}\n`.repeat(rows)}` }
}

test('a long footer is written and read in parts', async () => {
  const { names, rows, csv } = wideCsv()
  const input = temporaryFile(csv)
  const operations: FileOperation[] = []
  observeFileOperations(operation => operations.push(operation))
  const { footerBytes, footerCrc } = convertCsv(input, path)
  expect(footerBytes).toBeGreaterThan(2.5 * 1024 * 1024)
  const gathered = operations.filter(({ path: file }) => file === `${path}.footer`)
  expect(new Set(gathered.map(({ kind }) => kind))).toEqual(new Set(['create', 'write', 'read']))
  expect(existsSync(`${path}.footer`)).toBe(false)
  for (const known of [{}, { footerBytes, footerCrc }])
    for (const column of [0, 250, 499]) {
      operations.length = 0
      expect(sumParquetColumn(path, column, undefined, known)).toBe(BigInt(column * rows))
      expect(sumParquetColumn(path, names[column] as string, undefined, known)).toBe(BigInt(column * rows))
      expect(sumParquetColumn(path, 'other', undefined, known)).toBe(0n)
      expect(Math.max(...operations.map(({ length = 0 }) => length))).toBeLessThanOrEqual(1024 * 1024)
    }
  observeFileOperations(undefined)
  const { row_groups, num_rows } = footerOf(path)
  expect(num_rows).toBe(BigInt(rows))
  expect(row_groups.every(({ columns }) => columns.length === names.length)).toBe(true)
})

test('a change of any byte of a long footer is an error', () => {
  const { csv } = wideCsv()
  const { footerBytes, footerCrc } = convertCsv(temporaryFile(csv), path)
  const bytes = readFileSync(path)
  const start = bytes.length - footerBytes
  for (let at = start; at < bytes.length; at += at > bytes.length - 50 ? 1 : 99_991) {
    for (const bit of [1, 16, 128]) {
      const damaged = Buffer.from(bytes)
      damaged[at] = (bytes[at] as number) ^ bit
      const known = { footerBytes, footerCrc }
      const file = temporaryFile(damaged, 'damaged.parquet')
      expect(() => sumParquetColumn(file, 250, undefined, known), `byte ${at}`).toThrow(/damaged|no footer/)
    }
  }
})

test('a table whose footer would be longer than the limit is refused', () => {
  setStorageLimits({ ...defaultStorageLimits, footerBytes: 20_000 })
  try {
    const header = Array.from({ length: 20 }, (_, i) => `column ${i}`).join()
    const row = `${'1,'.repeat(19)}1\n`
    expect(convert(`${header}\n${row.repeat(10_000)}`).footerBytes).toBeLessThanOrEqual(20_008)
    expect(thrown(() => convert(`${header}\n${row.repeat(300_000)}`))).toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(
        /^found 20 columns in \d+ row groups, which take 2\d{4} bytes of a Parquet footer, expected at most 20000: upload it in pieces, or with shorter column names$/,
      ),
    })
    const names = Array.from({ length: 20 }, (_, i) => `${i} ${'n'.repeat(1000)}`).join()
    expect(() => convert(`${names}\n`)).toThrow('found 20 columns in 0 row groups, which take 20')
  } finally {
    setStorageLimits(defaultStorageLimits)
  }
})

test('a column of few distinct values gets a dictionary, a column of many does not', () => {
  let text = 'one,few,many\n'
  for (let i = 0; i < 50_000; i++) text += `1,${((i * 7919) % 500) * 1_000_003},${i}\n`
  convert(text)
  const [one, few, many] = footerOf(path).row_groups[0].columns.map(({ meta_data }) => meta_data)
  expect(one?.encodings).toContain('RLE_DICTIONARY')
  expect(one?.total_compressed_size).toBeLessThan(200n)
  expect(few?.encodings).toContain('RLE_DICTIONARY')
  expect(few?.total_compressed_size).toBeLessThan(70_000n)
  expect(many?.encodings).not.toContain('RLE_DICTIONARY')
})

test('values come back across blocks, pages and row groups, nulls in their places', async () => {
  const rows = 300_000
  const number = (i: number) => (i % 7 === 0 && i > 70_000 ? null : BigInt(i) * 12_345_678_901n)
  const text = (i: number) => `text ${'é'.repeat(i % 40)}"${i}"`
  const few = (i: number) => (i % 11 === 0 ? null : (BigInt(i % 513) - 7n) * 2n ** 40n)
  let csv = 'n,t,b,few\n'
  for (let i = 0; i < rows; i++)
    csv += `${number(i) ?? ''},"${text(i).replaceAll('"', '""')}",${i % 3 === 0},${few(i) ?? ''}\n`
  convert(csv)
  const read = await readParquet(path)
  expect(read.length).toBe(rows)
  const wrong = read.findIndex(
    ([n, t, b, f], i) => n !== number(i) || t !== text(i) || b !== (i % 3 === 0) || f !== few(i),
  )
  expect(wrong).toBe(-1)
  const sum = Array.from({ length: rows }, (_, i) => few(i) ?? 0n).reduce((a, b) => a + b)
  expect(sumParquetColumn(path, 'few')).toBe(sum)
})
