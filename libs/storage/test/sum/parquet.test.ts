import fc from 'fast-check'
import type { CompressionCodec } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { expect, test } from 'vitest'
import { convertCsv } from '../../src/ingest/convert.ts'
import { sumParquetColumn } from '../../src/sum/parquet.ts'
import { thrown } from '../support/directories.ts'
import { temporaryFile, temporaryPath } from '../support/files.ts'

const edge = fc.constantFrom(0n, 1n, -1n, 2n ** 63n - 1n, -(2n ** 63n))
const any = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const array = <T>(value: fc.Arbitrary<T>) => fc.array(value, { maxLength: 3000, size: 'max' })
/** Values that are written plainly, with a dictionary, as deltas, and as one integer and nulls. */
const columns: [string, fc.Arbitrary<(bigint | null)[]>][] = [
  ['any integers', array(fc.oneof(fc.constant(null), any, edge))],
  [
    'few integers',
    fc.array(any, { minLength: 1, maxLength: 9 }).chain(few => array(fc.constantFrom(null, ...few))),
  ],
  ['a series', fc.tuple(edge, fc.nat({ max: 3000 })).map(([start, rows]) => series(start, rows))],
  ['one integer', edge.chain(integer => array(fc.constantFrom(null, integer)))],
]

function series(start: bigint, rows: number): bigint[] {
  return Array.from({ length: rows }, (_, i) => BigInt.asIntN(64, start + 7n * BigInt(i)))
}

test.each(columns)('the sum of a Parquet file is exact: %s', (_, values) => {
  const path = temporaryPath('sum.parquet')
  fc.assert(
    fc.property(values, data => {
      convertCsv(temporaryFile(`other,v\n${data.map(value => `x,${value ?? ''}\n`).join('')}`), path)
      const expected = data.reduce<bigint>((sum, value) => sum + (value ?? 0n), 0n)
      expect(sumParquetColumn(path, 'v')).toBe(expected)
    }),
    { numRuns: 40 },
  )
})

interface Foreign {
  type?: 'INT64' | 'INT32' | 'DOUBLE' | 'STRING'
  nullable?: boolean
  codec?: CompressionCodec
}

/** A file as another program writes it, with pages of version 2. */
function foreignFile(data: unknown[], { type = 'INT64', nullable = true, codec = 'UNCOMPRESSED' }: Foreign) {
  const file = parquetWriteBuffer({ columnData: [{ name: 'v', data, type, nullable }], codec })
  return temporaryFile(new Uint8Array(file), 'foreign.parquet')
}

test.each<[problem: string, data: unknown[], foreign: Foreign]>([
  ['has INT32 in column "v", expected int64', [1, 2], { type: 'INT32' }],
  ['has DOUBLE in column "v", expected int64', [1.5], { type: 'DOUBLE' }],
  ['has BYTE_ARRAY in column "v", expected int64', ['1'], { type: 'STRING' }],
  ['has INT64 that is not optional in column "v", expected int64', [1n, 2n], { nullable: false }],
  ['is damaged: a chunk of integers is compressed', [1n, 2n], { codec: 'SNAPPY' }],
  ['is damaged: a page is of type 3', [1n, 2n], {}],
])('a file that the server never wrote is damaged: it %s', (problem, data, foreign) => {
  const path = foreignFile(data, foreign)
  expect(thrown(() => sumParquetColumn(path, 'v'))).toMatchObject({
    code: 'damaged',
    message: `${path} ${problem}`,
  })
})
