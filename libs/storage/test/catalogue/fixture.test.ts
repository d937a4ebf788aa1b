// Every release opens the data directory of every earlier one.
import { createHash } from 'node:crypto'
import { readFileSync, truncateSync } from 'node:fs'
import { expect, test } from 'vitest'
import { storedFile } from '../../src/catalogue/names.ts'
import type { Store } from '../../src/catalogue/store.ts'
import { verifyUpload } from '../../src/catalogue/verify.ts'
import { sumPieces } from '../../src/sum/pieces.ts'
import { planSum } from '../../src/sum/plan.ts'
import { fixtures, readFacts, unpackFixture } from '../support/fixture.ts'
import { incomingNames, opened, storedNames, thrown } from './support.ts'

const facts = readFacts()

async function sumOf(store: Store, column: string, format: string): Promise<bigint> {
  const uploads = await store.catalogue.snapshot()
  return sumPieces(store.dataDir, planSum(uploads, column, format, 1))
}

async function expectFacts(store: Store): Promise<void> {
  const uploads = await store.catalogue.snapshot()
  const found = uploads.map(({ id, rows, columns, csvBytes }) => ({
    id,
    rows,
    columns: columns.map(({ name, type }) => `${name} ${type}`),
    csvBytes,
    csvSha256: createHash('sha256')
      .update(readFileSync(storedFile(store.dataDir, id, 'csv')))
      .digest('hex')
      .slice(0, 16),
  }))
  expect(found).toEqual(facts.uploads.map(({ uploadId, ...fact }) => fact))
  for (const [column, sum] of Object.entries(facts.sums))
    for (const format of ['csv', 'parquet'])
      expect(await sumOf(store, column, format), `${format} sum of ${column}`).toBe(BigInt(sum))
}

for (const fixture of fixtures) {
  test(`${fixture}: every upload is there with its bytes, every sum is exact in both formats, and again after another start`, {
    timeout: 60_000,
  }, async () => {
    const dataDir = unpackFixture(fixture)
    const store = opened(dataDir)
    await expectFacts(store)
    store.close()
    const again = opened(dataDir)
    await expectFacts(again)
    expect(incomingNames(dataDir)).toEqual([])
    expect(storedNames(dataDir)).toHaveLength(2 * facts.uploads.length)
    expect(await again.catalogue.reserve()).toBeGreaterThan(facts.uploads.at(-1)?.id ?? 0)
  })

  test(`${fixture}: what a power cut took of the files that were not synced is written again`, {
    timeout: 60_000,
  }, async () => {
    const dataDir = unpackFixture(fixture)
    for (const id of facts.unsynced)
      for (const format of ['csv', 'parquet'] as const)
        truncateSync(storedFile(dataDir, id, format), id % 2 ? 0 : 10)
    const store = opened(dataDir)
    await expectFacts(store)
    for (const upload of await store.catalogue.snapshot())
      for (const step = verifyUpload(dataDir, upload); ; ) {
        const { done, value } = step.next()
        if (done) {
          expect(value).toEqual([])
          break
        }
      }
  })

  test(`${fixture}: a file that was synced and is another one now is noticed, as for any other upload`, {
    timeout: 60_000,
  }, () => {
    const dataDir = unpackFixture(fixture)
    const { id } = facts.uploads.find(({ csvBytes }) => csvBytes > 64 * 1024) ?? { id: 0 }
    truncateSync(storedFile(dataDir, id, 'csv'), 10)
    expect(thrown(() => opened(dataDir)).message).toContain(storedFile(dataDir, id, 'csv'))
  })
}
