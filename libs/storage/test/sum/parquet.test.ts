import { gzipSync, zstdCompressSync } from 'node:zlib'
import fc from 'fast-check'
import type { CompressionCodec, Encoding, SchemaElement } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { sumParquetColumn } from '../../src/sum/parquet.ts'
import { temporaryFile } from '../support/files.ts'

/** A file as another writer makes it. */
function foreignFile(
  data: unknown[],
  options: {
    codec?: CompressionCodec
    encoding?: Encoding
    type?: 'INT64' | 'INT32' | 'DOUBLE'
    nullable?: boolean
  },
): string {
  const { codec = 'UNCOMPRESSED', encoding, type = 'INT64', nullable = true } = options
  const file = parquetWriteBuffer({
    columnData: [
      { name: 'other', data: data.map(String), type: 'STRING' },
      { name: 'v', data, type, nullable, ...(encoding && { encoding }) },
    ],
    codec,
    compressors: { GZIP: bytes => gzipSync(bytes), ZSTD: bytes => zstdCompressSync(bytes) },
    rowGroupSize: 70,
    pageSize: 256,
  })
  return temporaryFile(new Uint8Array(file), 'foreign.parquet')
}

const edge = fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n))
const values = fc.oneof(
  fc.array(fc.oneof(fc.constant(null), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }), edge), {
    maxLength: 200,
  }),
  // One integer, and nulls.
  edge.chain(integer => fc.array(fc.constantFrom(null, integer), { maxLength: 200 })),
)

const kinds: { codec?: CompressionCodec; encoding?: Encoding }[] = [
  {},
  { encoding: 'PLAIN' },
  { encoding: 'RLE_DICTIONARY' },
  { encoding: 'DELTA_BINARY_PACKED' },
  { encoding: 'BYTE_STREAM_SPLIT' },
  { codec: 'SNAPPY' },
  { codec: 'GZIP' },
  { codec: 'ZSTD', encoding: 'PLAIN' },
]

test.each(kinds)('the sum of a file by another writer is exact: %j', kind => {
  fc.assert(
    fc.property(values, data => {
      const expected = data.reduce<bigint>((sum, value) => sum + (value ?? 0n), 0n)
      expect(sumParquetColumn(foreignFile(data, kind), 'v')).toBe(expected)
    }),
    { numRuns: 150 },
  )
})

test('columns of 32 bits and columns without nulls are summed', () => {
  expect(sumParquetColumn(foreignFile([1, -2, 2 ** 31 - 1], { type: 'INT32' }), 'v')).toBe(2147483646n)
  expect(sumParquetColumn(foreignFile([5n, 6n, 5n], { nullable: false }), 'v')).toBe(16n)
})

test.each([
  { type: 'INT32', converted_type: 'UINT_32', data: [1, 2 ** 32 - 1, 2 ** 31], sum: 2n ** 32n + 2n ** 31n },
  {
    type: 'INT64',
    converted_type: 'UINT_64',
    data: [1n, 2n ** 64n - 1n, 2n ** 63n],
    sum: 2n ** 64n + 2n ** 63n,
  },
] as const)('a column of $converted_type is summed without signs', ({ data, sum, ...type }) => {
  const schema: SchemaElement[] = [
    { name: 'root', num_children: 1 },
    { name: 'v', repetition_type: 'REQUIRED', ...type },
  ]
  const file = parquetWriteBuffer({ schema, columnData: [{ name: 'v', data: [...data] }], statistics: false })
  expect(sumParquetColumn(temporaryFile(new Uint8Array(file), 'foreign.parquet'), 'v')).toBe(sum)
})

test('a column that holds no integers is refused', () => {
  expect(() => sumParquetColumn(foreignFile([1.5], { type: 'DOUBLE' }), 'v')).toThrow(
    'column "v" is DOUBLE, expected integers',
  )
  expect(() => sumParquetColumn(foreignFile([1n], {}), 'other')).toThrow(
    /column "other" is .*, expected integers/,
  )
})
