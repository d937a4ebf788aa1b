import { expect, test } from 'vitest'
import type { ColumnPlaces } from '../../src/catalogue/schemas.ts'
import { type ListedUpload, listedUpload, UploadList } from '../../src/catalogue/uploadList.ts'
import type { Format } from '../../src/paths.ts'
import type { ColumnType } from '../../src/schema.ts'
import { countTypes, planStats, type StatsPlan } from '../../src/stats/plan.ts'
import { takePieces } from '../../src/sum/sharedPieces.ts'
import { uploadOf } from '../support/directories.ts'

function listOf(uploads: readonly Partial<ListedUpload>[]) {
  const list = new UploadList()
  for (const [i, more] of uploads.entries()) list.append({ ...listedUpload(uploadOf(i + 1)), ...more })
  return list.snapshot()
}

/** Where schemas have a column: schema, position, number of columns and type. */
function placesOf(
  ...found: [schema: number, position: number, columns: number, type: ColumnType][]
): ColumnPlaces {
  const numbers = (index: 0 | 1 | 2) => Uint32Array.from(found, place => place[index])
  const others = found.flatMap(([, , , type], i) => (type === 'int64' ? [] : [[i, type] as const]))
  return { schemas: numbers(0), positions: numbers(1), columns: numbers(2), otherTypes: new Map(others) }
}

/** Returns which uploads each layout of a plan is for. */
function idsByLayout(plan: StatsPlan) {
  const pieces = [...takePieces(plan)]
  return plan.layouts.map((layout, place) => ({
    ...layout,
    ids: pieces.filter(({ columnIndex }) => columnIndex === place).map(({ id }) => id),
  }))
}

const x = placesOf([1, 0, 2, 'int64'], [3, 2, 5, 'double'])
const y = placesOf([1, 1, 2, 'text'], [2, 0, 1, 'date'])

test('uploads of one schema share a layout, which has where they have the columns', () => {
  const uploads = listOf([1, 1, 2, 3, 4, 1].map(schema => ({ schema })))
  for (const format of ['csv', 'parquet'] as const) {
    const [plan, ...more] = planStats(uploads, [x, y], format, 1)
    expect(more).toEqual([])
    expect(plan).toMatchObject({ format, asked: 2, workers: 1 })
    expect(idsByLayout(plan as StatsPlan)).toEqual([
      {
        columns: 2,
        wanted: [
          { asked: 0, index: 0, type: 'int64' },
          { asked: 1, index: 1, type: 'text' },
        ],
        ids: [1, 2, 6],
      },
      { columns: 1, wanted: [{ asked: 1, index: 0, type: 'date' }], ids: [3] },
      { columns: 5, wanted: [{ asked: 0, index: 2, type: 'double' }], ids: [4] },
    ])
  }
})

test('without an upload that has a column there is no plan', () => {
  expect([...planStats(listOf([{ schema: 4 }]), [x, y], 'csv', 1)]).toEqual([])
  expect([...planStats(listOf([]), [x, y], 'csv', 1)]).toEqual([])
})

test('a large CSV is read in pieces by several workers, each byte once', () => {
  const csvCuts = [5, 10, 15].map(mebibytes => mebibytes * 2 ** 20)
  const uploads = listOf([
    { schema: 1, csvBytes: 20 * 2 ** 20, csvCuts },
    { schema: 2, csvBytes: 30 },
  ])
  const [plan] = planStats(uploads, [y], 'csv', 8)
  expect(plan?.workers).toBeGreaterThan(1)
  expect(plan?.workers).toBeLessThanOrEqual(8)
  const pieces = [...takePieces(plan as StatsPlan)].map(({ id, from, to }) => [id, from, to])
  expect(pieces).toEqual([
    ...[0, ...csvCuts].map((from, i) => [1, from, csvCuts[i] ?? 20 * 2 ** 20]),
    [2, 0, 30],
  ])
  expect([...planStats(uploads, [y], 'csv', 2)][0]?.workers).toBe(2)
})

test.each<Format>(['csv', 'parquet'])(
  'many uploads take several plans, which have each upload once: %s',
  format => {
    const count = 40_000
    const uploads = listOf(Array.from({ length: count }, (_, i) => ({ schema: 1 + (i % 2) })))
    const plans = [...planStats(uploads, [x, y], format, 4)]
    expect(plans.length).toBeGreaterThan(1)
    const ids = plans.flatMap(plan => idsByLayout(plan).flatMap(({ ids }) => ids))
    expect(ids.toSorted((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    for (const plan of plans) expect(plan.layouts).toHaveLength(2)
  },
)

test('types are counted over the uploads that have the column', () => {
  const uploads = listOf([1, 1, 2, 3, 4, 3, 3].map(schema => ({ schema })))
  expect(countTypes(uploads, x)).toEqual([
    { type: 'int64', uploads: 2 },
    { type: 'double', uploads: 3 },
  ])
  expect(countTypes(uploads, y)).toEqual([
    { type: 'date', uploads: 1 },
    { type: 'text', uploads: 2 },
  ])
  expect(countTypes(uploads, placesOf())).toEqual([])
})
