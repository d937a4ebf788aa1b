import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import { fileName, formats, storedFile } from '../../src/catalogue/names.ts'
import type { Store } from '../../src/catalogue/store.ts'
import { sumPieces } from '../../src/sum/pieces.ts'
import { planSum } from '../../src/sum/plan.ts'
import { incomingNames, storedNames } from '../catalogue/support.ts'
import { readFacts } from './fixture.ts'

const { uploads: expected, sums } = readFacts()

/** Expects everything of the fixtures to be in a store and nothing else: each upload, its bytes, the columns' sums in both formats. */
export async function expectFacts(
  { dataDir, catalogue }: Store,
  columns: readonly string[] = Object.keys(sums),
): Promise<void> {
  const uploads = await catalogue.snapshot()
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
  for (const column of columns)
    for (const format of formats) {
      const sum = sumPieces(dataDir, planSum(uploads, column, format, 1))
      expect(sum, `${format} sum of ${column}`).toBe(BigInt(sums[column] ?? 0))
    }
  expect(incomingNames(dataDir)).toEqual([])
  expect(storedNames(dataDir)).toEqual(
    expected.flatMap(({ id }) => formats.map(format => fileName(id, format))),
  )
}
