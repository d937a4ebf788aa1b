import { expect, test } from 'vitest'
import { change } from '../../src/catalogue/connection.ts'
import { insertUpload } from '../../src/catalogue/database.ts'
import { readPage, readSummary, shownColumnBytes, shownUploadBytes } from '../../src/catalogue/listing.ts'
import { emptyCatalogue, noChecksums, thrown, uploadOf } from '../support/directories.ts'

const MUCH = 1_000_000
const request = {
  after: undefined,
  oldestFirst: false,
  receivedFrom: undefined,
  receivedBefore: undefined,
  uploads: 10,
  bytes: MUCH,
}

/** Returns a directory with uploads of the ids 1 to `count`, one second apart. */
function directoryOf(count: number): string {
  const dataDir = emptyCatalogue()
  for (let id = 1; id <= count; id++)
    insertUpload(dataDir, uploadOf(id, { receivedAt: time(id), name: `${id}.csv` }), noChecksums)
  return dataDir
}

function time(second: number): string {
  return `2026-01-02T03:04:0${second}.000Z`
}

function pageOf(dataDir: string, more: Partial<typeof request> | Record<string, unknown>) {
  const { uploads, more: isMore } = readPage(dataDir, { ...request, ...more })
  return [uploads.map(({ id }) => id), isMore]
}

test('pages follow each other from either end, and only the last says that there is no more', () => {
  const dataDir = directoryOf(5)
  expect(pageOf(dataDir, { uploads: 2 })).toEqual([[5, 4], true])
  expect(pageOf(dataDir, { uploads: 3, after: 4 })).toEqual([[3, 2, 1], false])
  expect(pageOf(dataDir, { oldestFirst: true, uploads: 4 })).toEqual([[1, 2, 3, 4], true])
  expect(pageOf(dataDir, { oldestFirst: true, uploads: 4, after: 4 })).toEqual([[5], false])
  expect(pageOf(dataDir, { after: 1 })).toEqual([[], false])
  expect(pageOf(dataDir, { uploads: 5 })).toEqual([[5, 4, 3, 2, 1], false])
})

test('a page can be of a span of time: with its first moment, without its last', () => {
  const dataDir = directoryOf(5)
  expect(pageOf(dataDir, { receivedFrom: time(2), receivedBefore: time(4) })).toEqual([[3, 2], false])
  expect(pageOf(dataDir, { receivedFrom: time(4) })).toEqual([[5, 4], false])
  expect(pageOf(dataDir, { receivedBefore: time(2) })).toEqual([[1], false])
})

test('a page ends before its names and types take too many bytes, but has an upload at least', () => {
  const dataDir = directoryOf(3)
  const bytes = shownUploadBytes('1.csv') + shownColumnBytes(uploadOf(1).columns)
  expect(pageOf(dataDir, { bytes: 2 * bytes })).toEqual([[3, 2], true])
  expect(pageOf(dataDir, { bytes: 2 * bytes - 1 })).toEqual([[3], true])
  expect(pageOf(dataDir, { bytes: 1 })).toEqual([[3], true])
  expect(pageOf(dataDir, { bytes: 1, after: 2 })).toEqual([[1], false])
})

test('the bytes of names are those of UTF-8', () => {
  expect(shownUploadBytes('é.csv') - shownUploadBytes(null)).toBe(6)
  expect(shownColumnBytes([{ name: 'é', type: 'text' }])).toBe(
    shownColumnBytes([{ name: 'xy', type: 'int64' }]),
  )
  expect(shownColumnBytes([])).toBe(0)
})

test('columns that alone take too many bytes are left out, and the page has room for more uploads', () => {
  const dataDir = directoryOf(2)
  const { columns } = uploadOf(1)
  const all = shownUploadBytes(null) + shownColumnBytes(columns)
  const columnsFor = (bytes: number) => readPage(dataDir, { ...request, bytes }).uploads[0]?.columns
  expect(columnsFor(all)).toEqual(columns)
  expect(columnsFor(all - 1)).toEqual([])
  const wide = Array.from({ length: 100 }, (_, i) => ({ name: `wide${i}`, type: 'int64' as const }))
  for (const id of [3, 4]) insertUpload(dataDir, uploadOf(id, { columns: wide }), noChecksums)
  expect(pageOf(dataDir, { bytes: 1000, uploads: 3 })).toEqual([[4, 3, 2], true])
})

test('one upload has all that its row says, or is undefined if there is no such row', () => {
  const dataDir = emptyCatalogue()
  const uploadId = Buffer.alloc(16, 7)
  const upload = uploadOf(7, { name: 'a.csv', rows: 11, csvBytes: 22, parquetBytes: 33 })
  insertUpload(dataDir, upload, { ...noChecksums, uploadId })
  insertUpload(dataDir, uploadOf(8), noChecksums)
  const expected = {
    id: 7,
    name: 'a.csv',
    receivedAt: upload.receivedAt,
    rows: 11,
    csvBytes: 22,
    parquetBytes: 33,
    columns: upload.columns,
  }
  expect(readSummary(dataDir, 7, MUCH)).toMatchObject(expected)
  expect(readSummary(dataDir, 7, 1)).toMatchObject({ ...expected, columns: [] })
  expect(Buffer.from(readSummary(dataDir, 7, MUCH)?.uploadId ?? [])).toEqual(uploadId)
  expect(readSummary(dataDir, 8, MUCH)).toMatchObject({ uploadId: undefined, name: undefined })
  expect(readSummary(dataDir, 9, MUCH)).toBeUndefined()
})

test('a row that is not what was written is damage, in a page and alone', () => {
  const dataDir = directoryOf(3)
  change(dataDir, 0, ({ database }) => database.exec('UPDATE uploads SET rows = rows + 1 WHERE id = 2'))
  expect(thrown(() => readPage(dataDir, request))).toMatchObject({ code: 'damaged' })
  expect(thrown(() => readSummary(dataDir, 2, MUCH))).toMatchObject({ code: 'damaged' })
  expect(pageOf(dataDir, { after: 2 })).toEqual([[1], false])
})
