import { rmSync, truncateSync } from 'node:fs'
import { expect, test } from 'vitest'
import { listedUpload, UploadList } from '../../src/catalogue/uploadList.ts'
import { expectedSizes, wrongSizes } from '../../src/directory/sizes.ts'
import { storedFile } from '../../src/paths.ts'
import { emptyCatalogue, putUpload, uploadOf } from '../support/directories.ts'

function sizesOf(ids: number[]): number[][] {
  const list = new UploadList()
  for (const id of ids)
    list.append(listedUpload(uploadOf(id, { csvBytes: 100 + id, parquetBytes: 200 + id })))
  return Array.from(expectedSizes(list.snapshot()), sizes => [...sizes])
}

test('the sizes come in parts, which have every upload once', () => {
  expect(sizesOf([])).toEqual([])
  expect(sizesOf([3, 5])).toEqual([[3, 103, 203, 5, 105, 205]])
  const many = Array.from({ length: 10_000 }, (_, i) => i + 1)
  const parts = sizesOf(many)
  expect(parts.length).toBeGreaterThan(1)
  expect(parts.flat()).toEqual(many.flatMap(id => [id, 100 + id, 200 + id]))
  // No part is empty, also if the last one is full.
  const full = many.slice(0, (parts[0] as number[]).length / 3)
  expect(sizesOf(full)).toEqual([parts[0]])
})

test('each file that is missing or has another size is named, with both sizes', () => {
  const dataDir = emptyCatalogue()
  const uploads = [1, 2, 3].map(id => uploadOf(id, { csvBytes: 100 + id, parquetBytes: 200 + id }))
  for (const upload of uploads) putUpload(dataDir, upload)
  const sizes = Float64Array.from(sizesOf([1, 2, 3])[0] ?? [])
  expect(wrongSizes(dataDir, sizes)).toEqual([])
  const [missing, short] = [storedFile(dataDir, 2, 'csv'), storedFile(dataDir, 3, 'parquet')]
  rmSync(missing)
  truncateSync(short, 0)
  expect(wrongSizes(dataDir, sizes)).toEqual([
    `upload 2: ${missing} is missing, expected 102 bytes`,
    `upload 3: ${short} has 0 bytes, expected 203 bytes`,
  ])
})
