// Every release opens the data directory of every earlier one.
import { createHash } from 'node:crypto'
import { cpSync, readFileSync, rmSync, truncateSync } from 'node:fs'
import { DatabaseSync } from 'node:sqlite'
import { expect, test } from 'vitest'
import { closeDatabase } from '../../src/catalogue/connection.ts'
import { findUploadId } from '../../src/catalogue/database.ts'
import { oldCatalogueFile, storedFile } from '../../src/catalogue/names.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import { openStore, type Store } from '../../src/catalogue/store.ts'
import { readUploads, verifyUpload } from '../../src/catalogue/verify.ts'
import { observeFileOperations } from '../../src/files.ts'
import { sumPieces } from '../../src/sum/pieces.ts'
import { planSum } from '../../src/sum/plan.ts'
import { fixtures, readFacts, unpackFixture } from '../support/fixture.ts'
import { incomingNames, listedIds, opened, storedNames, temporaryDirectory, thrown } from './support.ts'

const facts = readFacts()

async function sumOf(store: Store, column: string, format: string): Promise<bigint> {
  const { uploads } = await store.catalogue.snapshot()
  let sum = 0n
  for (const plan of planSum(uploads, findColumn(store.dataDir, column), column, format, 1))
    sum += sumPieces(store.dataDir, plan)
  return sum
}

async function expectFacts(store: Store): Promise<void> {
  const uploads = readUploads(store.dataDir)
  expect(await listedIds(store)).toEqual(uploads.map(({ id }) => id))
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
  for (const { id, uploadId } of facts.uploads)
    if (uploadId)
      expect(findUploadId(store.dataDir, Buffer.from(uploadId.replaceAll('-', ''), 'hex'))?.id).toBe(id)
  for (const [column, sum] of Object.entries(facts.sums))
    for (const format of ['csv', 'parquet'])
      expect(await sumOf(store, column, format), `${format} sum of ${column}`).toBe(BigInt(sum))
}

for (const fixture of fixtures) {
  test(`${fixture}: every upload is there with its bytes, every sum is exact in both formats, and again after another start`, {
    timeout: 120_000,
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
    timeout: 120_000,
  }, async () => {
    const dataDir = unpackFixture(fixture)
    for (const id of facts.unsynced)
      for (const format of ['csv', 'parquet'] as const)
        truncateSync(storedFile(dataDir, id, format), id % 2 ? 0 : 10)
    const store = opened(dataDir)
    await expectFacts(store)
    for (const upload of readUploads(dataDir))
      for (const step = verifyUpload(dataDir, upload); ; ) {
        const { done, value } = step.next()
        if (done) {
          expect(value).toEqual([])
          break
        }
      }
  })

  test(`${fixture}: a file that was synced and is another one now is noticed, as for any other upload`, {
    timeout: 120_000,
  }, () => {
    const dataDir = unpackFixture(fixture)
    const { id } = facts.uploads.find(({ csvBytes }) => csvBytes > 64 * 1024) ?? { id: 0 }
    rmSync(storedFile(dataDir, id, 'csv'))
    expect(thrown(() => opened(dataDir, () => {})).message).toContain(storedFile(dataDir, id, 'csv'))
  })

  test(`${fixture}: the catalogue is brought up to date once, and the old one is kept`, () => {
    const dataDir = unpackFixture(fixture)
    const said: string[] = []
    opened(dataDir, line => said.push(line)).close()
    const copy = oldCatalogueFile(dataDir, 2)
    expect(said).toEqual([`bringing the catalogue from schema 2 to 3; a copy of the old one is ${copy}`])
    const old = new DatabaseSync(copy, { readOnly: true })
    expect(old.prepare('SELECT count(*) AS uploads FROM uploads').get()).toEqual({ uploads: 1000 })
    expect(old.prepare('PRAGMA user_version').get()).toEqual({ user_version: 2 })
    old.close()
    opened(dataDir, line => said.push(line)).close()
    expect(said).toHaveLength(1)
  })
}

test('a start that dies at any step of bringing the catalogue up to date can be repeated', async () => {
  const unpacked = unpackFixture('schema2-killed')
  for (let step = 0; ; step++) {
    const dataDir = temporaryDirectory()
    cpSync(unpacked, dataDir, { recursive: true })
    let done = 0
    let died = false
    observeFileOperations(({ kind, path }) => {
      if (kind === 'read' || !/catalogue|generation/.test(path) || done++ !== step) return
      died = true
      throw new Error('dead')
    })
    try {
      openStore(dataDir, () => {}).close()
    } catch {}
    observeFileOperations(undefined)
    closeDatabase(dataDir)
    if (!died) break
    const store = opened(dataDir, () => {})
    expect(await listedIds(store)).toEqual(facts.uploads.map(({ id }) => id))
    store.close()
  }
})
