import { expect, onTestFinished, test } from 'vitest'
import { Database } from '../../../src/catalogue/database.ts'
import { newDeployment, opened } from '../../support/table.ts'

/** Of each kind. */
const CHANGES = 5000
/** How many changes are asked for at a time. */
const MOST = 100

/** Opens a catalogue with many commits, then a repair of each of these uploads, then deletions of others. */
async function withChanges(): Promise<Database> {
  const deployment = newDeployment()
  await opened(deployment)
  const database = new Database(deployment.catalogue)
  onTestFinished(() => database.close())
  await database.rows(`INSERT INTO schemas VALUES (1, '[]', '', 0, 0)`)
  await database.rows(
    `INSERT INTO uploads
       SELECT i, gen_random_uuid(), NULL, NULL, '', 1, 1, '[]', '', '', 1, '', '', 1, 1, 1, 1, false, false, 1, $1 + i
       FROM generate_series(1, $1::bigint) AS i`,
    [CHANGES],
  )
  await database.rows(
    `INSERT INTO removals (seq, upload, object, schema, token)
       SELECT 2 * $1 + i, 2 * $1 + i, gen_random_uuid(), 1, gen_random_uuid() FROM generate_series(1, $1::bigint) AS i`,
    [CHANGES],
  )
  return database
}

/** How many rows of both tables this session has read, by scans of a whole table and through indexes. Only differences count. */
const rowsRead = `
  SELECT sum(seq_tup_read)::integer AS scanned, sum(idx_tup_fetch)::integer AS fetched FROM pg_stat_xact_user_tables
  WHERE relname IN ('uploads', 'removals')`

/** Returns the changes that follow one, and how many rows PostgreSQL reads for them. */
async function changesSince(database: Database, known: number) {
  const found = { changes: [] as number[], scanned: 0, fetched: 0 }
  await database.transaction(async rows => {
    const [before] = await rows<typeof found>(rowsRead)
    const changes = await rows<{ seq: number }>('SELECT seq FROM changes_since($1, $2)', [known, MOST])
    const [after] = await rows<typeof found>(rowsRead)
    found.changes = changes.map(({ seq }) => seq)
    found.scanned = (after?.scanned ?? 0) - (before?.scanned ?? 0)
    found.fetched = (after?.fetched ?? 0) - (before?.fetched ?? 0)
  })
  return found
}

test('a server that catches up makes the catalogue read few rows more than the server is told of', async () => {
  const database = await withChanges()
  for (const known of [
    0,
    CHANGES - 3,
    CHANGES,
    2 * CHANGES - 50,
    2 * CHANGES,
    3 * CHANGES - 2,
    3 * CHANGES,
  ]) {
    const { changes, scanned, fetched } = await changesSince(database, known)
    const told = Math.min(MOST, 3 * CHANGES - known)
    expect(changes).toEqual(Array.from({ length: told }, (_, i) => known + 1 + i))
    expect(scanned).toBe(0)
    expect(fetched).toBeGreaterThanOrEqual(told)
    expect(fetched).toBeLessThanOrEqual(3 * MOST)
  }
})
