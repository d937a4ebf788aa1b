import { expect, test } from 'vitest'
import { listedUpload, UploadList, type UploadsSnapshot } from '../../src/catalogue/uploadList.ts'
import { uploadOf } from '../support/directories.ts'

const upload = (id: number) =>
  listedUpload(uploadOf(id, { rows: id, csvCuts: id % 3 === 0 ? [id] : [], schema: id + 1 }))

function listOf(ids: number[]): UploadList {
  const list = new UploadList()
  for (const id of ids) list.append(upload(id))
  return list
}

function found(snapshot: UploadsSnapshot) {
  return Array.from(snapshot, one => ({ ...one }))
}

/** Checks that a snapshot has these uploads, and that its numbers are theirs. */
function expectUploads(snapshot: UploadsSnapshot, ids: number[]): void {
  expect(found(snapshot)).toEqual(ids.map(upload))
  expect(snapshot.length).toBe(ids.length)
  expect(snapshot.rows).toBe(ids.reduce((sum, id) => sum + id, 0))
}

test('an upload gets another Parquet file, and no other upload does', () => {
  const list = listOf([1, 2, 3])
  const { version } = list.snapshot()
  const file = { parquetBytes: 5000, footerBytes: 300, footerCrc: -7, rowGroups: 9 }
  list.replaceParquet(4, file)
  expect(list.snapshot().version).toBe(version)
  list.replaceParquet(2, file)
  expect(found(list.snapshot())).toEqual([1, 2, 3].map(id => ({ ...upload(id), ...(id === 2 && file) })))
  expect(list.snapshot().version).not.toBe(version)
})

test('a snapshot stays as it is when uploads come and go', () => {
  const list = listOf([1, 2, 3])
  const before = list.snapshot()
  expect(list.remove(2)).toBe(true)
  const removed = list.snapshot()
  list.append(upload(4))
  expect(list.remove(1)).toBe(true)
  expectUploads(before, [1, 2, 3])
  expectUploads(removed, [1, 3])
  expectUploads(list.snapshot(), [3, 4])
  expect(new Set([before, removed, list.snapshot()].map(({ version }) => version)).size).toBe(3)
})

test('an upload can be removed once', () => {
  const list = listOf([1, 2])
  expect(list.remove(3)).toBe(false)
  expect([list.remove(1), list.remove(1)]).toEqual([true, false])
  expectUploads(list.snapshot(), [2])
})

test('of thousands of uploads any can be removed or get another file, in snapshots before and after', () => {
  const ids = Array.from({ length: 10_000 }, (_, i) => i + 1)
  const list = listOf(ids)
  const before = list.snapshot()
  const isRemoved = (id: number) => id <= 5000 || id === 9000
  for (const id of ids) if (isRemoved(id)) expect(list.remove(id)).toBe(true)
  const left = ids.filter(id => !isRemoved(id))
  expectUploads(before, ids)
  expectUploads(list.snapshot(), left)
  expect(list.remove(1)).toBe(false)
  expect(list.remove(9001)).toBe(true)
  list.append(upload(10_001))
  expectUploads(list.snapshot(), [...left.filter(id => id !== 9001), 10_001])
  list.replaceParquet(9500, { parquetBytes: 1, footerBytes: 2, footerCrc: 3, rowGroups: 4 })
  const changed = found(list.snapshot()).filter(({ parquetBytes }) => parquetBytes === 1)
  expect(changed.map(({ id }) => id)).toEqual([9500])
})
