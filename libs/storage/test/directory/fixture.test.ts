// Every release opens the data directories of all earlier releases.
import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parse } from 'csv-parse/sync'
import { expect, test } from 'vitest'
import { stride } from '../../../../testing/form.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import type { Upload } from '../../src/catalogue/upload.ts'
import { dialect } from '../../src/csv/dialect.ts'
import type { Store } from '../../src/directory/store.ts'
import { type Damage, readUploads, verifyUpload } from '../../src/maintenance/verify.ts'
import { catalogueFile, formats, oldCatalogueFile, storedFile } from '../../src/paths.ts'
import { sumPieces } from '../../src/sum/pieces.ts'
import { planSum } from '../../src/sum/plan.ts'
import { mergePartials } from '../../src/sum/total.ts'
import { opened, temporaryDirectory, thrown } from '../support/directories.ts'
import { copyOf, cutShort, fixtures, readFacts, unpackFixture } from '../support/fixture.ts'
import { expectFacts } from '../support/fixtureFacts.ts'
import { sumOf } from '../support/units.ts'

const facts = readFacts()
/** Ignores what a start says. */
const unheard = () => {}

for (const fixture of fixtures) {
  test(`${fixture}: every upload is there with its bytes, every sum is exact in both formats, and again after another start; the catalogue is migrated once, and the old catalogue is kept`, async () => {
    const dataDir = unpackFixture(fixture)
    const said: string[] = []
    const store = opened(dataDir, line => said.push(line))
    await expectFacts(store)
    await expectDoubles(store)
    store.close()
    const schema = Number(/\d+/.exec(fixture))
    const copy = oldCatalogueFile(dataDir, schema)
    expect(said).toEqual([
      `bringing the catalogue from schema ${schema} to 4; a copy of the old one is ${copy}`,
    ])
    const old = new DatabaseSync(copy, { readOnly: true })
    expect(old.prepare('SELECT count(*) AS uploads FROM uploads').get()).toEqual({ uploads: 1000 })
    expect(old.prepare('PRAGMA user_version').get()).toEqual({ user_version: schema })
    old.close()
    expect(tablesOf(dataDir)).toEqual(tablesOf(newDirectory()))

    const again = opened(dataDir, line => said.push(line))
    await expectFacts(again)
    expect(said).toHaveLength(1)
    expect(await again.catalogue.reserve()).toBeGreaterThan(facts.uploads.at(-1)?.id ?? 0)
  })

  test(`${fixture}: unsynced files that a power cut lost are written again`, async () => {
    const dataDir = unpackFixture(fixture)
    for (const id of facts.unsynced)
      for (const format of ['csv', 'parquet'] as const)
        cutShort(storedFile(dataDir, id, format), id % 2 ? 0 : 10)
    const store = opened(dataDir, unheard)
    await expectFacts(store)
    for (const upload of readUploads(dataDir)) expect(damagesOf(dataDir, upload)).toEqual([])
  })

  test(`${fixture}: a synced file that is missing or changed is found and named`, () => {
    const dataDir = unpackFixture(fixture)
    const { id } = facts.uploads.find(({ csvBytes }) => csvBytes > 64 * 1024) ?? { id: 0 }
    const csv = storedFile(dataDir, id, 'csv')
    cutShort(csv, 10)
    opened(dataDir, unheard)
    const uploads = readUploads(dataDir).filter(upload => Math.abs(upload.id - id) < 5)
    const found = uploads.flatMap(upload => damagesOf(dataDir, upload))
    expect(found.map(({ upload, format }) => [upload.id, format])).toEqual([[id, 'csv']])

    const other = unpackFixture(fixture)
    rmSync(storedFile(other, id, 'csv'))
    expect(thrown(() => opened(other, unheard)).message).toContain(storedFile(other, id, 'csv'))
  })
}

/** Expects doubles to have the exact sum of the CSVs' fields in both formats. */
async function expectDoubles({ dataDir, catalogue }: Store): Promise<void> {
  const prices = readUploads(dataDir).flatMap(({ id, columns }) => {
    const price = columns.findIndex(({ name }) => name === 'price')
    const records = price < 0 ? [] : parse(readFileSync(storedFile(dataDir, id, 'csv')), dialect).slice(1)
    return records.map(fields => Number(fields[price]))
  })
  expect(prices.length).toBeGreaterThan(1000)
  const { uploads } = await catalogue.snapshot()
  for (const format of formats) {
    const plans = planSum(uploads, findColumn(dataDir, 'price'), format, 1)
    const sum = Array.from(plans, plan => sumPieces(dataDir, plan)).reduce(mergePartials)
    expect(sum).toEqual({ integers: 0n, doubles: sumOf(prices) })
  }
}

/** Returns the tables of a catalogue, with their columns. */
function tablesOf(dataDir: string) {
  using database = new DatabaseSync(catalogueFile(dataDir), { readOnly: true })
  const tables = database.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name").all()
  return tables.map(({ name }) => [name, database.prepare(`PRAGMA table_xinfo(${name})`).all()])
}

/** Returns a data directory that a server of this version has made. */
function newDirectory(): string {
  const dataDir = temporaryDirectory()
  opened(dataDir, unheard).close()
  return dataDir
}

test('a row of schema 3 that was damaged before the catalogue is brought up to date is found afterwards', () => {
  const dataDir = unpackFixture('schema3-stopped')
  const database = new DatabaseSync(catalogueFile(dataDir))
  database.exec('UPDATE uploads SET rows = rows + 1 WHERE id = 5')
  database.close()
  for (let start = 0; start < 2; start++)
    expect(thrown(() => opened(dataDir, unheard)).message).toContain(
      'the row of upload 5 is not what was written',
    )
})

function damagesOf(dataDir: string, upload: Upload): Damage[] {
  const check = verifyUpload(dataDir, upload)
  for (;;) {
    const { done, value } = check.next()
    if (done) return value
  }
}

test.each(['schema2-killed', 'schema3-killed'] as const)(
  '%s: a start that is killed before or after any step, twice in a row, is completed by a later start',
  async fixture => {
    const unpacked = unpackFixture(fixture)
    const start = (dataDir: string, fatal: number) =>
      spawnSync(process.execPath, [killedStart, dataDir, `${fatal}`], { encoding: 'utf8' })

    const survivor = start(copyOf(unpacked), -1)
    expect(survivor).toMatchObject({ signal: 'SIGKILL', stderr: '' })
    const fatal = fewOfEach(JSON.parse(survivor.stdout))
    const { from, step } = stride(20, 5)
    for (let i = from; i < fatal.length; i += step) {
      const dataDir = copyOf(unpacked)
      expect(start(dataDir, fatal[i] ?? 0)).toMatchObject({ signal: 'SIGKILL', stderr: '' })
      // The next start has less to do, and may finish.
      if (i % 4 === 0) expect(start(dataDir, fatal.at(-1 - i) ?? 0)).toMatchObject({ stderr: '' })
      const store = opened(dataDir, unheard)
      await expectFacts(store, ['big', 'sparse'])
      store.close()
    }
    // Enough steps to have died at every kind of step.
    expect(fatal.length).toBeGreaterThan(10)
  },
)

const killedStart = join(import.meta.dirname, 'killed-start.ts')

/**
 * Returns the numbers of the steps. Of steps that occur for hundreds of uploads, returns the first two and
 * the last.
 */
function fewOfEach(steps: readonly string[]): number[] {
  return Object.values(Object.groupBy(steps.keys(), i => steps[i] ?? ''))
    .flatMap((group = []) => (group.length > 10 ? [...group.slice(0, 2), ...group.slice(-1)] : group))
    .sort((a, b) => a - b)
}
