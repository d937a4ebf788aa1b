import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { findUploadId } from '../../src/catalogue/database.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import type { Store } from '../../src/directory/store.ts'
import { readUploads } from '../../src/maintenance/verify.ts'
import { type Format, fileName, formats, lostDirectory, storedFile } from '../../src/paths.ts'
import { sumPieces } from '../../src/sum/pieces.ts'
import { planSum } from '../../src/sum/plan.ts'
import { exactTotal } from '../../src/sum/total.ts'
import { incomingNames, listedIds, storedNames } from './directories.ts'
import { readFacts } from './fixture.ts'

const { uploads: expected, sums } = readFacts()

/**
 * Expects a store to have exactly the content of the fixtures: each upload, its bytes, and the columns' sums
 * in both formats.
 */
export async function expectFacts(
  store: Store,
  columns: readonly string[] = Object.keys(sums),
): Promise<void> {
  const { dataDir } = store
  const uploads = readUploads(dataDir)
  expect(await listedIds(store)).toEqual(uploads.map(({ id }) => id))
  const found = uploads.map(({ id, rows, columns, csvBytes }) => ({
    id,
    rows,
    columns: columns.map(({ name, type }) => `${name} ${type}`),
    csvBytes,
    csvSha256: createHash('sha256')
      .update(readFileSync(storedFile(dataDir, id, 'csv')))
      .digest('hex')
      .slice(0, 16),
  }))
  expect(found).toEqual(expected.map(({ uploadId, ...fact }) => fact))
  for (const { id, uploadId } of expected)
    if (uploadId)
      expect(findUploadId(dataDir, Buffer.from(uploadId.replaceAll('-', ''), 'hex'))?.upload.id).toBe(id)
  for (const column of columns)
    for (const format of formats) {
      const sum = await sumOf(store, column, format)
      expect(sum, `${format} sum of ${column}`).toBe(BigInt(sums[column] ?? 0))
    }
  expect(incomingNames(dataDir)).toEqual([])
  expect(storedNames(dataDir)).toEqual(
    expected.flatMap(({ id }) => formats.map(format => fileName(id, format))),
  )
  expect(existsSync(lostDirectory(dataDir))).toBe(false)
}

async function sumOf({ dataDir, catalogue }: Store, column: string, format: Format): Promise<bigint> {
  const { uploads } = await catalogue.snapshot()
  const plans = planSum(uploads, findColumn(dataDir, column), format, 1)
  return exactTotal(
    column,
    Array.from(plans, plan => sumPieces(dataDir, plan)),
  )
}
