import { expect, test } from 'vitest'
import type { Upload } from '../../src/catalogue/upload.ts'
import type { ColumnType } from '../../src/csv/inference.ts'
import { filesOf, planSum as planParts } from '../../src/sum/plan.ts'

function upload(id: number, columns: Record<string, ColumnType>, csvBytes = 100): Upload {
  return {
    id,
    receivedAt: '2024-01-01T00:00:00.000Z',
    rows: 1,
    csvBytes,
    parquetBytes: 10,
    footerBytes: 5,
    footerCrc: -9,
    rowGroups: 1,
    csvCuts: [],
    columns: Object.entries(columns).map(([name, type]) => ({ name, type })),
  }
}

/** The files of each part. */
function planSum(...plan: Parameters<typeof planParts>) {
  return planParts(...plan).map(part => [...filesOf(part)])
}

test('only the uploads that have the column are read, each once', () => {
  const uploads = [
    upload(1, { x: 'int64', y: 'int64' }),
    upload(2, { z: 'int64' }),
    upload(5, { y: 'int64' }),
  ]
  const files = planSum(uploads, 'y', 'csv', 4).flat()
  expect(files).toEqual([
    { id: 1, columnIndex: 1, columns: 2, bytes: 100, footerBytes: 5, footerCrc: -9, from: 0, to: 100 },
    { id: 5, columnIndex: 0, columns: 1, bytes: 100, footerBytes: 5, footerCrc: -9, from: 0, to: 100 },
  ])
  expect(planSum(uploads, 'z', 'parquet', 4).flat()).toEqual([
    { id: 2, columnIndex: 0, columns: 1, bytes: 10, footerBytes: 5, footerCrc: -9, from: 0, to: 1 },
  ])
  expect(planSum(uploads, 'w', 'parquet', 4)).toEqual([])
})

const MB = 1_000_000

test('parts have about the same number of bytes', () => {
  const many = Array.from({ length: 1000 }, (_, i) => upload(i + 1, { x: 'int64' }, MB))
  const plan = planSum(many, 'x', 'csv', 8)
  expect(plan.map(files => files.length)).toEqual(Array(8).fill(125))
  const uneven = [upload(1, { x: 'int64' }, 100 * MB), ...many.slice(1, 101)]
  expect(planSum(uneven, 'x', 'csv', 4).map(([first]) => first.id)).toEqual([1, 2, 6, 54])
})

test('what takes less time than handing it over is not split', () => {
  const few = Array.from({ length: 20 }, (_, i) => upload(i + 1, { x: 'int64' }))
  expect(planSum(few, 'x', 'csv', 32).length).toBe(1)
})

test('a large CSV is shared at its cuts', () => {
  const csvCuts = [5 * MB, 10 * MB, 15 * MB]
  const large = { ...upload(1, { x: 'int64' }, 20 * MB), csvCuts }
  const ranges = planSum([large], 'x', 'csv', 2).map(files => files.map(({ from, to }) => [from, to]))
  expect(ranges).toEqual([[[0, 10 * MB]], [[10 * MB, 20 * MB]]])
})

test('a large Parquet file is shared at its row groups', () => {
  const large = { ...upload(1, { x: 'int64' }), parquetBytes: 21 * MB, rowGroups: 7 }
  const ranges = planSum([large], 'x', 'parquet', 3).map(files => files.map(({ from, to }) => [from, to]))
  expect(ranges).toEqual([[[0, 3]], [[3, 5]], [[5, 7]]])
})

test('an unknown format is refused', () => {
  expect(() => planSum([], 'x', 'xml', 4)).toThrow('found the format "xml", expected "csv" or "parquet"')
})

test.each(['csv', 'parquet'])(
  'a column that is no integers in some upload is refused by name, from %s too',
  format => {
    const uploads = [upload(1, { x: 'int64' }), upload(2, { x: 'text' })]
    expect(() => planSum(uploads, 'x', format, 4)).toThrow(
      'column "x" of upload 2 (received 2024-01-01T00:00:00.000Z): found text, expected integers',
    )
  },
)
