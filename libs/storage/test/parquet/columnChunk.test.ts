import { readFileSync } from 'node:fs'
import { crc32, zstdDecompressSync } from 'node:zlib'
import fc from 'fast-check'
import type { ColumnMetaData } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import type { ColumnType } from '../../src/schema.ts'
import { temporaryPath } from '../support/files.ts'
import { footerOf, readParquet } from '../support/readParquet.ts'
import { type TableColumn, type Value, writeTable } from '../support/writeTable.ts'

const path = temporaryPath('output.parquet')

/** Values of each type: near the limits, few and often, and anything. */
const kinds: Record<ColumnType, fc.Arbitrary<Value>> = {
  int64: fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: -20n, max: 20n }),
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n),
  ),
  double: fc.oneof(fc.double(), fc.constantFrom(0, -0, 1.5, Number.NaN, Infinity, -Infinity)),
  boolean: fc.boolean(),
  date: fc.oneof(fc.integer({ min: -719_162, max: 2_932_896 }), fc.integer({ min: 19_000, max: 19_009 })),
  timestamp: fc.bigInt({ min: -62_135_596_800_000_000n, max: 253_402_300_799_999_999n }),
  'timestamp-utc': fc.bigInt({ min: 1_700_000_000_000_000n, max: 1_700_000_000_001_000n }),
  text: fc.oneof(
    fc.string({ unit: 'binary', maxLength: 12 }),
    fc.constantFrom('', 'a', 'red', 'green', 'ä'.repeat(30)),
  ),
}

const tables = fc
  .record({
    pool: fc.integer({ min: 1, max: 12 }),
    picks: fc.array(fc.nat(), { minLength: 1, maxLength: 150, size: 'max' }),
    nulls: fc.constantFrom(0, 0, 2, 10, 1),
    groupRows: fc.constantFrom(1, 7, 40, 1000),
  })
  .chain(({ pool, picks, nulls, groupRows }) => {
    const column = <T>(value: fc.Arbitrary<T>) =>
      fc
        .array(value, { minLength: pool, maxLength: pool, size: 'max' })
        .map(values =>
          picks.map((pick, row) =>
            nulls && pick % nulls === 0 ? null : values[Math.max(0, row - (pick % 3)) % pool],
          ),
        )
    return fc.record({
      groupRows: fc.constant(groupRows),
      columns: fc
        .tuple(
          ...Object.entries(kinds).map(([type, value]) =>
            column(value).map(values => ({ name: type, type, values })),
          ),
        )
        .map(columns => columns as TableColumn[]),
    })
  })

test('hyparquet reads back every type, its bounds and its nulls', async () => {
  const property = fc.asyncProperty(tables, async ({ columns, groupRows }) => {
    writeTable(path, columns, groupRows)
    const rows = await readParquet(path)
    expect(rows).toEqual(columns[0].values.map((_, row) => columns.map(({ values }) => values[row])))
    footerOf(path).row_groups.forEach((group, g) => {
      columns.forEach(({ type, values }, i) => {
        const part = values.slice(g * groupRows, (g + 1) * groupRows)
        const { min_value, max_value, null_count } = group.columns[i].meta_data?.statistics ?? {}
        expect(null_count).toBe(BigInt(part.filter(value => value === null).length))
        expect([min_value, max_value].map(plain)).toEqual(boundsOf(type, part))
      })
    })
  })
  await fc.assert(property, { numRuns: randomCases(2000) })
})

/** hyparquet turns days and microseconds into Dates. */
function plain(bound: unknown): unknown {
  return bound instanceof Date ? bound.getTime() : bound
}

function boundsOf(type: ColumnType, values: readonly (Value | null)[]): unknown[] {
  const sorted = values.filter(value => value !== null && !Number.isNaN(value)).toSorted(compare)
  const [min, max] = [sorted[0], sorted.at(-1)]
  if (min === undefined || max === undefined) return [undefined, undefined]
  if (type === 'double') return [min === 0 ? -0 : min, max === 0 ? 0 : max]
  if (type === 'date') return [Number(min) * 86_400_000, Number(max) * 86_400_000]
  if (type.startsWith('timestamp')) return [min, max].map(micros => Number((micros as bigint) / 1000n))
  return [min, max]
}

function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string') return Buffer.compare(Buffer.from(a), Buffer.from(b as string))
  return (a as number) < (b as number) ? -1 : 1
}

function chunkOf(type: ColumnType, count: number, value: (i: number) => Value | null): ColumnMetaData {
  writeTable(path, [{ name: 'c', type, values: Array.from({ length: count }, (_, i) => value(i)) }])
  return footerOf(path).row_groups[0].columns[0].meta_data as ColumnMetaData
}

/** Returns distinct 32-bit numbers without a pattern (the end of MurmurHash3). */
function scattered(i: number): number {
  let bits = Math.imul(i ^ (i >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

const DAY = 19_000
const SECOND = 1_000_000n

test.each<[string, ColumnType, (i: number) => Value | null, string, number]>([
  ['one value', 'int64', () => 7n, 'RLE_DICTIONARY', 80],
  ['a sequence', 'int64', i => BigInt(i), 'DELTA_BINARY_PACKED', 4100],
  ['a sequence with gaps', 'int64', i => BigInt(10 * i + (scattered(i) % 8)), 'DELTA_BINARY_PACKED', 66_000],
  ['few values', 'int64', i => 2n ** 50n * BigInt(scattered(i) % 100), 'RLE_DICTIONARY', 89_000],
  ['two values in turn', 'int64', i => BigInt(i % 2) * 2n ** 60n, 'RLE_DICTIONARY', 13_000],
  ['many values often', 'int64', i => BigInt(scattered(i % 20_000)) * 65_537n, 'RLE_DICTIONARY', 350_000],
  [
    'values of all bits',
    'int64',
    i => BigInt(scattered(i)) * BigInt(scattered(i + 1)) - 2n ** 63n,
    'PLAIN',
    801_000,
  ],
  ['days', 'date', i => DAY + (scattered(i) % 1000), 'RLE_DICTIONARY', 130_000],
  ['days in order', 'date', i => DAY + i, 'DELTA_BINARY_PACKED', 4100],
  ['times', 'timestamp', i => SECOND * BigInt(i), 'DELTA_BINARY_PACKED', 80],
  ['prices', 'double', i => (scattered(i) % 1000) / 100, 'RLE_DICTIONARY', 135_000],
  ['fractions', 'double', i => Math.sqrt(scattered(i)), 'PLAIN', 801_000],
  ['one fraction', 'double', () => 0.1, 'RLE_DICTIONARY', 80],
  ['categories', 'text', i => ['red', 'green', 'blue'][scattered(i) % 3], 'RLE_DICTIONARY', 26_000],
  ['names', 'text', i => `name ${scattered(i)}`, 'PLAIN', 560_000],
  ['answers', 'boolean', i => scattered(i) % 2 === 0, 'PLAIN', 13_000],
  ['nothing', 'int64', () => null, 'PLAIN', 40],
])('%s in a column of %s', async (_, type, value, encoding, bytes) => {
  const { encodings, total_compressed_size, dictionary_page_offset } = chunkOf(type, 100_000, value)
  expect(dictionary_page_offset !== undefined).toBe(encoding === 'RLE_DICTIONARY')
  expect(encodings.at(-1)).toBe(encoding)
  expect(Number(total_compressed_size)).toBeLessThan(bytes)
  expect(Number(total_compressed_size)).toBeGreaterThan(0.7 * bytes)
  const rows = await readParquet(path)
  expect(rows.findIndex(([read], i) => read !== value(i))).toBe(-1)
})

test.each<[string, ColumnType, (i: number) => Value, string]>([
  ['texts that are alike', 'text', i => `customer number ${scattered(i)} of the house`, 'ZSTD'],
  ['prices of many values', 'double', i => (scattered(i) % 100_000) / 100, 'ZSTD'],
  ['fractions', 'double', i => Math.sqrt(scattered(i)), 'UNCOMPRESSED'],
  [
    'integers, whatever they are',
    'int64',
    i => (i % 3 === 0 ? 2n ** 40n * BigInt(i % 60_000) : 0n),
    'UNCOMPRESSED',
  ],
])('%s in a column of %s, compressed or not', async (_, type, value, codec) => {
  const chunk = chunkOf(type, 70_000, value)
  expect(chunk.codec).toBe(codec)
  expect(chunk.total_uncompressed_size > chunk.total_compressed_size).toBe(codec === 'ZSTD')
  const rows = await readParquet(path)
  expect(rows.findIndex(([read], i) => read !== value(i))).toBe(-1)
})

test('a dictionary of texts is compressed with its data page', async () => {
  const value = (i: number) => `customer number ${scattered(i % 5000)} of the house, ${scattered(i % 5000)}`
  const chunk = chunkOf('text', 70_000, value)
  expect([chunk.codec, chunk.encodings.at(-1)]).toEqual(['ZSTD', 'RLE_DICTIONARY'])
  const rows = await readParquet(path)
  expect(rows.findIndex(([read], i) => read !== value(i))).toBe(-1)
})

test('a small column is not compressed', () => {
  expect(chunkOf('text', 60, i => `customer number ${i}`).codec).toBe('UNCOMPRESSED')
})

test('32 Ki distinct values get a dictionary, one more value does not', () => {
  const value = (distinct: number) => (i: number) => BigInt(scattered(scattered(i) % distinct)) * 65_537n
  const all = (distinct: number) => (i: number) =>
    i < distinct ? BigInt(scattered(i)) * 65_537n : value(distinct)(i)
  expect(chunkOf('int64', 150_000, all(32 * 1024)).encodings).toContain('RLE_DICTIONARY')
  expect(chunkOf('int64', 150_000, all(32 * 1024 + 1)).encodings).not.toContain('RLE_DICTIONARY')
})

test('every page has its length, its checksum and its number of values', () => {
  const values = Array.from({ length: 40_000 }, (_, i) => (i % 5 ? `some text ${i % 1000}` : null))
  const numbers = Array.from({ length: 40_000 }, (_, i) => (i % 5 ? BigInt(i) : null))
  writeTable(
    path,
    [
      { name: 't', type: 'text', values },
      { name: 'n', type: 'int64', values: numbers },
    ],
    30_000,
  )
  const bytes = Uint8Array.from(readFileSync(path))
  let pages = 0
  for (const { columns, num_rows } of footerOf(path).row_groups) {
    for (const { meta_data } of columns) {
      const { codec, dictionary_page_offset, data_page_offset, ...sizes } = meta_data as ColumnMetaData
      const start = Number(dictionary_page_offset ?? data_page_offset)
      const reader = { view: new DataView(bytes.buffer), offset: start }
      let uncompressed = 0
      while (reader.offset < start + Number(sizes.total_compressed_size)) {
        const page = reader.offset
        const header = parquetHeader(reader)
        const stored = bytes.subarray(reader.offset, reader.offset + header.compressed_page_size)
        expect((header.crc as number) >>> 0).toBe(crc32(stored))
        const content = codec === 'ZSTD' ? zstdDecompressSync(stored) : stored
        expect(content.length).toBe(header.uncompressed_page_size)
        if (header.data_page_header) {
          expect(page).toBe(Number(data_page_offset))
          expect(header.data_page_header.num_values).toBe(Number(num_rows))
        }
        uncompressed += reader.offset - page + content.length
        reader.offset += stored.length
        pages++
      }
      expect(BigInt(uncompressed)).toBe(sizes.total_uncompressed_size)
      expect(reader.offset).toBe(start + Number(sizes.total_compressed_size))
    }
  }
  expect(pages).toBe(6)
})

test('a row group of a million rows', async () => {
  const value = (i: number) => (i % 3 ? DAY + (scattered(i) % 7) : null)
  expect(chunkOf('date', 1024 * 1024, value).encodings).toContain('RLE_DICTIONARY')
  const rows = await readParquet(path)
  expect(rows.findIndex(([read], i) => read !== value(i))).toBe(-1)
})
