import type { UploadsSnapshot } from '../catalogue/uploadList.ts'
import { fileSize } from '../files.ts'
import { type Format, formats, storedFile } from '../paths.ts'

/**
 * The id, CSV bytes and Parquet bytes of each upload, `NUMBERS` numbers each. The array can be sent to a
 * worker thread.
 */
export type ExpectedSizes = Float64Array

const NUMBERS = 3
/** How many uploads are checked at a time, which takes less than a tenth of a second. */
const UPLOADS = 4096

export function* expectedSizes(uploads: UploadsSnapshot): Generator<ExpectedSizes> {
  let numbers: number[] = []
  for (const { id, csvBytes, parquetBytes } of uploads) {
    numbers.push(id, csvBytes, parquetBytes)
    if (numbers.length < NUMBERS * UPLOADS) continue
    yield Float64Array.from(numbers)
    numbers = []
  }
  if (numbers.length > 0) yield Float64Array.from(numbers)
}

/** Returns a description of each file that is missing or has the wrong size. */
export function wrongSizes(dataDir: string, sizes: ExpectedSizes): string[] {
  const problems: string[] = []
  for (let at = 0; at < sizes.length; at += NUMBERS) {
    const [id, csvBytes, parquetBytes] = sizes.subarray(at, at + NUMBERS)
    const expected: Record<Format, number> = { csv: csvBytes, parquet: parquetBytes }
    for (const format of formats) {
      const path = storedFile(dataDir, id, format)
      const found = fileSize(path)
      if (found === expected[format]) continue
      const state = found === undefined ? 'is missing' : `has ${found} bytes`
      problems.push(`upload ${id}: ${path} ${state}, expected ${expected[format]} bytes`)
    }
  }
  return problems
}
