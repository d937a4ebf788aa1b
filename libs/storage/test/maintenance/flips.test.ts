import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { repeat } from '../../../../testing/form.ts'
import { closeDatabase } from '../../src/catalogue/connection.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import { openStore, type Store } from '../../src/directory/store.ts'
import { StorageError } from '../../src/errors.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import { syncUnsynced } from '../../src/ingest/smallUploads.ts'
import { catalogueFile, formats } from '../../src/paths.ts'
import { sumPieces } from '../../src/sum/pieces.ts'
import { planSum } from '../../src/sum/plan.ts'
import { receive, temporaryDirectory } from '../support/directories.ts'

async function sumsOf(store: Store): Promise<bigint[]> {
  const { uploads } = await store.catalogue.snapshot()
  return formats.map(format => {
    let sum = 0n
    for (const plan of planSum(uploads, findColumn(store.dataDir, 'v'), format, 1))
      sum += sumPieces(store.dataDir, plan).integers
    return sum
  })
}

/**
 * Makes a directory with uploads whose files are on the disk, one of them cut in pieces, and uploads whose
 * files are in the catalogue.
 */
async function stored(): Promise<string> {
  const dataDir = temporaryDirectory()
  const store = openStore(dataDir)
  const csvs = ['v,w\n1,2\n', `w,v\n${'7,1\n'.repeat(1_500_000)}`, 'v\n5\n']
  for (const csv of [...csvs, ...csvs.slice(0, 1)]) {
    commitUpload(dataDir, await receive(store, csv), '2026-01-02T03:04:05.678Z')
    if (csv === csvs[1]) syncUnsynced(dataDir)
  }
  store.close()
  return dataDir
}

test('no flipped bit of the catalogue changes a sum, unless the start says what is missing', async () => {
  const original = await stored()
  const bytes = readFileSync(catalogueFile(original))
  const whole = [1_500_007n, 1_500_007n]
  let refused = 0
  const flip = async (bit: number) => {
    const dataDir = temporaryDirectory()
    cpSync(original, dataDir, { recursive: true })
    const damaged = Buffer.from(bytes)
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7))
    writeFileSync(catalogueFile(dataDir), damaged)
    const said: string[] = []
    try {
      const store = openStore(dataDir, line => said.push(line))
      try {
        const sums = await sumsOf(store)
        if (said.length === 0) expect(sums, `bit ${bit}`).toEqual(whole)
      } finally {
        store.close()
      }
    } catch (error) {
      const { errcode } = error as { errcode?: number }
      if (!(error instanceof StorageError) && errcode === undefined) throw error
      refused++
    } finally {
      closeDatabase(dataDir)
      rmSync(dataDir, { recursive: true })
    }
  }
  const numRuns = repeat('TABLE_FLIPS')
  await fc.assert(fc.asyncProperty(fc.nat(8 * bytes.length - 1), flip), { numRuns, endOnFailure: true })
  expect(refused).toBeGreaterThan(0)
})
