import { expect, test } from 'vitest'
import type { ColumnPlaces } from '../../src/catalogue/schemas.ts'
import { type ListedUpload, UploadList, type UploadsSnapshot } from '../../src/catalogue/uploadList.ts'
import { type Format, formats } from '../../src/paths.ts'
import type { ColumnType } from '../../src/schema.ts'
import { formatOf, planSum, type SumPlan } from '../../src/sum/plan.ts'
import { type Refusal, refusalOf } from '../../src/sum/refusal.ts'
import { releasePlan, stopTaking, takePieces } from '../../src/sum/sharedPieces.ts'

/** An upload, and its columns. */
interface Planned extends ListedUpload {
  columns: Record<string, ColumnType>
}

function upload(id: number, columns: Record<string, ColumnType>, csvBytes = 100): Planned {
  return {
    id,
    receivedAt: Date.parse('2024-01-01T00:00:00.000Z'),
    rows: 1,
    csvBytes,
    parquetBytes: 10,
    footerBytes: 5,
    footerCrc: -9,
    rowGroups: 1,
    csvCuts: [],
    schema: id,
    columns,
  }
}

function snapshotOf(uploads: readonly ListedUpload[]): UploadsSnapshot {
  const list = new UploadList()
  for (const upload of uploads) list.append(upload)
  return list.snapshot()
}

/** Where the uploads have a column, each of which has a schema of its own. */
function placesOf(uploads: readonly Planned[], column: string): ColumnPlaces {
  const having = uploads.filter(({ columns }) => column in columns)
  return {
    schemas: Uint32Array.from(having, ({ schema }) => schema),
    positions: Uint32Array.from(having, ({ columns }) => Object.keys(columns).indexOf(column)),
    columns: Uint32Array.from(having, ({ columns }) => Object.keys(columns).length),
    otherTypes: new Map(
      having.flatMap(({ columns }, place) =>
        columns[column] === 'int64' ? [] : [[place, columns[column] as ColumnType] as const],
      ),
    ),
  }
}

function plansOf(uploads: readonly Planned[], column: string, format: Format, workers: number): SumPlan[] {
  return [...planSum(snapshotOf(uploads), placesOf(uploads, column), format, workers)]
}

/** All pieces of the one plan that there is, and how many workers are to take them. */
function planned(...question: Parameters<typeof plansOf>) {
  const [plan, ...more] = plansOf(...question)
  expect(more).toEqual([])
  return { pieces: plan ? [...takePieces(plan)] : [], workers: plan?.workers ?? 0 }
}

test('only the uploads that have the column are read, each once', () => {
  const uploads = [
    upload(1, { x: 'int64', y: 'int64' }),
    upload(2, { z: 'int64' }),
    upload(5, { y: 'int64' }),
  ]
  expect(planned(uploads, 'y', 'csv', 4).pieces).toEqual([
    { id: 1, columnIndex: 1, columns: 2, bytes: 100, footerBytes: 0, footerCrc: 0, from: 0, to: 100 },
    { id: 5, columnIndex: 0, columns: 1, bytes: 100, footerBytes: 0, footerCrc: 0, from: 0, to: 100 },
  ])
  expect(planned(uploads, 'z', 'parquet', 4).pieces).toEqual([
    { id: 2, columnIndex: 0, columns: 1, bytes: 10, footerBytes: 5, footerCrc: -9, from: 0, to: 1 },
  ])
  expect(planned(uploads, 'w', 'parquet', 4)).toEqual({ pieces: [], workers: 0 })
})

const MB = 1_000_000

test('what workers take at the same time is all of it, each piece once', () => {
  const uploads = Array.from({ length: 10 }, (_, i) => upload(i + 1, { x: 'int64' }))
  const [plan] = plansOf(uploads, 'x', 'csv', 3)
  const workers = [takePieces(plan), takePieces(plan), takePieces(plan)]
  const ids = Array.from({ length: 12 }, (_, i) => workers[i % 3]?.next().value?.id)
  expect(ids).toEqual([...uploads.map(({ id }) => id), undefined, undefined])
})

test('the memory of a plan that is done is used again, that of one under way is not', () => {
  const plan = (ids: number[]) => {
    const uploads = ids.map(id => upload(id, { x: 'int64' }))
    return plansOf(uploads, 'x', 'csv', 3)[0]
  }
  const idsOf = (of: ReturnType<typeof plan>) => [...takePieces(of)].map(({ id }) => id)
  const first = plan([1, 2, 3])
  const second = plan([4, 5])
  expect(second.pieces.buffer).not.toBe(first.pieces.buffer)
  expect(idsOf(first)).toEqual([1, 2, 3])
  releasePlan(first)
  const third = plan([6])
  expect(third.pieces.buffer).toBe(first.pieces.buffer)
  expect(idsOf(third)).toEqual([6])
  expect(idsOf(second)).toEqual([4, 5])
  releasePlan(third)
  const larger = plan(Array.from({ length: 1000 }, (_, i) => i))
  expect(larger.pieces.buffer).not.toBe(third.pieces.buffer)
  expect(idsOf(larger)).toHaveLength(1000)
})

test('what takes less time than handing it over is not split', () => {
  const workersFor = (count: number, csvBytes: number) => {
    const uploads = Array.from({ length: count }, (_, i) => upload(i + 1, { x: 'int64' }, csvBytes))
    return planned(uploads, 'x', 'csv', 8).workers
  }
  expect(workersFor(20, 100)).toBe(1)
  expect(workersFor(2, 3 * MB)).toBe(2)
  expect(workersFor(1000, MB)).toBe(8)
})

test('a large CSV is shared at its cuts', () => {
  const csvCuts = [5 * MB, 10 * MB, 15 * MB]
  const large = { ...upload(1, { x: 'int64' }, 20 * MB), csvCuts }
  const { pieces, workers } = planned([large], 'x', 'csv', 8)
  expect(pieces.map(({ from, to }) => [from, to])).toEqual([
    [0, 5 * MB],
    [5 * MB, 10 * MB],
    [10 * MB, 15 * MB],
    [15 * MB, 20 * MB],
  ])
  expect(workers).toBe(5)
})

test('a large Parquet file is shared at its row groups', () => {
  const large = { ...upload(1, { x: 'int64', y: 'int64' }), parquetBytes: 6 * MB, rowGroups: 7 }
  const { pieces, workers } = planned([large], 'x', 'parquet', 8)
  expect(pieces.map(({ from, to }) => [from, to])).toEqual([
    [0, 3],
    [3, 6],
    [6, 7],
  ])
  expect(workers).toBe(1)
})

test('of a file without row groups its footer is read', () => {
  const empty = { ...upload(1, { x: 'int64' }), rowGroups: 0 }
  expect(planned([empty], 'x', 'parquet', 8).pieces).toMatchObject([{ from: 0, to: 0 }])
})

test('an unknown format is refused', () => {
  expect(() => formatOf('xml')).toThrow('found the format "xml", expected "csv" or "parquet"')
  expect(formats.map(formatOf)).toEqual(formats)
})

test('a plan has pieces of one type, and those of text are first', () => {
  const types: ColumnType[] = ['int64', 'double', 'text', 'int64', 'text', 'double']
  const uploads = types.map((type, i) => upload(i + 1, { x: type }))
  const plans = plansOf(uploads, 'x', 'csv', 4)
  expect(plans.map(plan => [plan.type, [...takePieces(plan)].map(({ id }) => id)])).toEqual([
    ['text', [3, 5]],
    ['double', [2, 6]],
    ['int64', [1, 4]],
  ])
})

test('of a plan that was stopped nobody takes another piece', () => {
  const uploads = [1, 2, 3].map(id => upload(id, { x: 'text' }))
  const [plan] = plansOf(uploads, 'x', 'csv', 4)
  const pieces = takePieces(plan)
  expect(pieces.next().value?.id).toBe(1)
  stopTaking(plan)
  expect([...pieces, ...takePieces(plan)]).toEqual([])
})

test('what cannot be summed is found before anything is read, with how many uploads are fine', () => {
  const types: ColumnType[] = ['int64', 'text', 'double', 'text', 'date', 'boolean', 'text']
  const uploads = [...types.map((type, i) => upload(i + 1, { y: 'text', x: type })), upload(8, { y: 'text' })]
  const places = placesOf(uploads, 'x')
  const refusal = (textIntegers: (id: number) => boolean | undefined, refused?: number) => {
    const found = refusalOf(snapshotOf(uploads), places, 'x', textIntegers, refused)
    expect(found).toMatchObject({ column: 'x', columnIndex: 1, columns: 2 })
    const { upload, type, fine, others, unknown } = found as Refusal
    expect(upload).toMatchObject({ receivedAt: Date.parse('2024-01-01'), csvBytes: 100 })
    return [upload.id, type, fine, others, unknown]
  }
  expect(refusal(() => true)).toEqual([5, 'date', 5, 1, 0])
  expect(refusal(() => false)).toEqual([2, 'text', 2, 4, 0])
  expect(refusal(() => undefined)).toEqual([5, 'date', 2, 1, 3])
  expect(refusal(id => id === 2 || undefined, 4)).toEqual([4, 'text', 3, 2, 1])
})

test('columns of numbers and of texts that may be integers are not refused', () => {
  const uploads = [upload(1, { x: 'int64' }), upload(2, { x: 'text' }), upload(3, { x: 'double' })]
  const places = placesOf(uploads, 'x')
  for (const known of [true, undefined])
    expect(refusalOf(snapshotOf(uploads), places, 'x', () => known)).toBeUndefined()
  expect(refusalOf(snapshotOf(uploads.slice(0, 1)), places, 'x', () => false)).toBeUndefined()
})

test('a type that no upload of the snapshot has does not matter', () => {
  const uploads = [upload(1, { x: 'int64' }), upload(2, { x: 'text' })]
  const places = placesOf(uploads, 'x')
  const [plan] = planSum(snapshotOf(uploads.slice(0, 1)), places, 'csv', 4)
  expect([...takePieces(plan)].map(({ id }) => id)).toEqual([1])
})

test('the pieces of very many uploads are not in memory at once', () => {
  const uploads = Array.from({ length: 40_000 }, (_, i) => upload(i + 1, { x: 'int64' }))
  let largest = 0
  const ids: number[] = []
  for (const plan of planSum(snapshotOf(uploads), placesOf(uploads, 'x'), 'parquet', 8)) {
    ids.push(...[...takePieces(plan)].map(({ id }) => id))
    largest = Math.max(largest, plan.pieces.buffer.byteLength)
    expect(plan.workers).toBe(8)
    releasePlan(plan)
  }
  expect(ids).toEqual(uploads.map(({ id }) => id))
  expect(largest).toBeLessThanOrEqual(2 * 2 ** 20)
})
