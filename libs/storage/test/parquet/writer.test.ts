import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { parquetHeader } from 'hyparquet/src/column.js'
import { expect, test } from 'vitest'
import { convertCsv } from '../../src/convert.ts'
import { sumParquetColumn } from '../../src/sum/parquet.ts'
import { temporaryFile, temporaryPath } from '../support/files.ts'
import { footerOf, readParquet } from '../support/readParquet.ts'

const path = temporaryPath('output.parquet')

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
    ['', 'é', 0n],
    [undefined, undefined, 4n],
    [1n, 4294967295n, 0n],
  ])
})

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

test('row groups are bounded where most fields are empty, too', () => {
  const columns = Array.from({ length: 64 }, (_, i) => `c${i}`)
  convert(`${columns.join(',')}\n${`1${','.repeat(63)}\n`.repeat(150_000)}`)
  const rows = footerOf(path).row_groups.map(({ num_rows }) => num_rows)
  expect(rows.reduce((a, b) => a + b)).toBe(150_000n)
  expect(rows[0]).toBeLessThan(60_000n)
})

test('a column of few distinct values gets a dictionary, one of many does not', () => {
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
