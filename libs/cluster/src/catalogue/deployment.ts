import { randomUUID } from 'node:crypto'
import { StorageError } from '@table/storage'
import type { ObjectStore } from '../objects/objectStore.ts'
import type { Database } from './database.ts'
import { migrations, OLDEST_POSTGRES } from './migrations.ts'

/** The object that says to which deployment the objects belong. */
const MARK = 'deployment'

/** Starts wait for each other here. Any number that no other program uses. */
const START_LOCK = 7_462_001

/**
 * Makes sure that the catalogue and the objects belong together: both have the id of their deployment. Makes a new deployment of an empty
 * database and an empty bucket, and brings the catalogue of an earlier version to this one. Throws StorageError `unusable` otherwise.
 */
export async function openDeployment(database: Database, objects: ObjectStore): Promise<void> {
  await checkServer(database)
  const mark = (await objects.getText(MARK))?.trim()
  if (mark === undefined && !(await isEmpty(objects)) && !(await idOf(database)))
    throw unusable(`${objects.name} has objects but no object "${MARK}": choose an empty prefix`)
  await migrate(database, mark)
  const id = await idOf(database)
  if (mark === undefined) {
    if (await hasUploads(database))
      throw unusable(
        `${objects.name} has no object "${MARK}", and the catalogue ${database.name} has uploads: give the prefix that has their objects`,
      )
    await objects.put(MARK, Buffer.from(`${id}\n`))
  } else if (mark !== id) throw foreign(database, objects, mark, id)
}

async function checkServer(database: Database): Promise<void> {
  const [{ version, commits } = { version: 0, commits: '' }] = await database.rows<{
    version: number
    commits: string
  }>(
    `SELECT current_setting('server_version_num')::int AS version, current_setting('synchronous_commit') AS commits`,
  )
  const major = Math.floor(version / 10_000)
  if (major < OLDEST_POSTGRES)
    throw unusable(
      `the catalogue ${database.name} is PostgreSQL ${major}, expected ${OLDEST_POSTGRES} or later`,
    )
  if (commits === 'off')
    throw unusable(
      `the catalogue ${database.name} has synchronous_commit off, so that uploads would be acknowledged before they are on its disk: set it to on`,
    )
}

/** Runs the migrations that the catalogue lacks, in one transaction. */
async function migrate(database: Database, mark: string | undefined): Promise<void> {
  await database.transaction(async rows => {
    await rows('SELECT pg_advisory_xact_lock($1)', [START_LOCK])
    const [found] = await rows<{ there: string | null; tables: number }>(
      `SELECT to_regclass('deployment') AS there, (SELECT count(*) FROM pg_class WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace) AS tables`,
    )
    if (!found?.there) {
      if (found && found.tables > 0)
        throw unusable(`the catalogue ${database.name} has tables of something else: give an empty database`)
      if (mark !== undefined)
        throw unusable(
          `the catalogue ${database.name} is empty, and the objects belong to the deployment ${mark}: give the database of this deployment`,
        )
    }
    const [before] = found?.there ? await rows<{ version: number }>('SELECT version FROM deployment') : []
    const version = before?.version ?? 0
    if (version > migrations.length)
      throw unusable(
        `the catalogue ${database.name} has version ${version}, this server knows ${migrations.length}: use a newer server`,
      )
    if (version === migrations.length) return
    for (const migration of migrations.slice(version)) await rows(migration)
    if (before) await rows('UPDATE deployment SET version = $1', [migrations.length])
    else await rows('INSERT INTO deployment (id, version) VALUES ($1, $2)', [randomUUID(), migrations.length])
  })
}

async function idOf(database: Database): Promise<string | undefined> {
  const [found] = await database.rows<{ there: string | null }>(`SELECT to_regclass('deployment') AS there`)
  if (!found?.there) return undefined
  const [row] = await database.rows<{ id: string }>('SELECT id FROM deployment')
  return row?.id
}

async function hasUploads(database: Database): Promise<boolean> {
  return (await database.rows('SELECT FROM uploads LIMIT 1')).length > 0
}

async function isEmpty(objects: ObjectStore): Promise<boolean> {
  for await (const _ of objects.list('', { most: 1 })) return false
  return true
}

function foreign(
  database: Database,
  objects: ObjectStore,
  mark: string,
  id: string | undefined,
): StorageError {
  return unusable(
    `${objects.name} belongs to the deployment ${mark}, the catalogue ${database.name} to ${id}: give the two that belong together`,
  )
}

function unusable(message: string): StorageError {
  return new StorageError('unusable', message)
}
