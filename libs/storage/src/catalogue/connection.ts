// A thread's connection to the catalogue, which is an SQLite database in WAL mode.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { StorageError } from '../errors.ts'
import { type FileOperation, fileIdentity, operation } from '../files.ts'
import { catalogueFile, catalogueLog } from '../paths.ts'
import { isIoError, translatedSqliteError } from './sqlite.ts'

export interface Connection {
  database: DatabaseSync
  /** Returns a statement, which is prepared once. */
  prepared(sql: string): StatementSync
  /** The bytes that this thread has written to the log since its last checkpoint. */
  logged: number
}

/** How many bytes a thread writes to the log before it copies the log into the database. */
const CHECKPOINT_BYTES = 1024 * 1024

/** How long to wait for a busy table, in ms: eight threads insert at once, and each insert waits for the disk. */
export const LOCK_WAIT = 60_000

/** This thread's connections, by data directory. A connection is opened when it is first needed. */
const connections = new Map<string, Connection>()

/** The identities of the catalogue files that this process serves, by data directory. */
const identities = new Map<string, string>()

export function connect(dataDir: string): Connection {
  const known = connections.get(dataDir)
  if (known) return known
  const connection = run('open', dataDir, () => openConnection(catalogueFile(dataDir)))
  connections.set(dataDir, connection)
  return connection
}

function openConnection(path: string): Connection {
  const database = new DatabaseSync(path, { timeout: LOCK_WAIT })
  try {
    // cache_size is in KiB. A table that is read once and then only appended to needs almost no cache. SQLite
    // hides failures of its own checkpoints, so `change` makes them.
    database.exec(
      'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -64; PRAGMA temp_store = MEMORY; PRAGMA wal_autocheckpoint = 0',
    )
  } catch (error) {
    database.close()
    throw error
  }
  const statements = new Map<string, StatementSync>()
  const prepared = (sql: string) => {
    const statement = statements.get(sql) ?? database.prepare(sql)
    statements.set(sql, statement)
    return statement
  }
  return { database, prepared, logged: 0 }
}

/** Closes this thread's connection, if there is one. */
export function closeDatabase(dataDir: string): void {
  connections.get(dataDir)?.database.close()
  connections.delete(dataDir)
  identities.delete(dataDir)
}

export function read<T>(dataDir: string, task: (connection: Connection) => T): T {
  const connection = connect(dataDir)
  return run('read', dataDir, () => task(connection))
}

/**
 * Runs a task that changes the catalogue, in one transaction. When this returns, the changes are on the disk;
 * when it throws, there are none. `bytes`: about how many bytes are written. Throws StorageError `undecided`
 * if nobody can tell: SQLite has written the changes to its log, but the log could not be synced or no longer
 * belongs to the catalogue. The next start finds out. Throws `unusable` if the catalogue's files were
 * replaced.
 */
export function change<T>(dataDir: string, bytes: number, task: (connection: Connection) => T): T {
  const connection = connect(dataDir)
  const { database } = connection
  return run('insert', dataDir, () => {
    let committed = false
    try {
      database.exec('BEGIN IMMEDIATE')
      const result = task(connection)
      checkIdentity(dataDir)
      database.exec('COMMIT')
      committed = true
      connection.logged += bytes + 16 * 1024
      if (connection.logged >= CHECKPOINT_BYTES) checkpoint(connection)
      checkIdentity(dataDir)
      return result
    } catch (error) {
      rollBack(database)
      throw committed || isIoError(error) ? undecided(dataDir, error) : error
    }
  })
}

function rollBack(database: DatabaseSync): void {
  try {
    if (database.isTransaction) database.exec('ROLLBACK')
  } catch {
    // SQLite has already rolled back. The caller needs the first error.
  }
}

/**
 * Copies the log into the database as far as no other thread needs it. A failed sync of the database must
 * stop the server, like a failed sync of the log: Linux reports lost pages once, the next sync succeeds, and
 * the log that still has the pages is overwritten.
 */
function checkpoint(connection: Connection): void {
  connection.logged = 0
  connection.database.exec('PRAGMA wal_checkpoint(PASSIVE)')
}

function undecided(dataDir: string, cause: unknown): StorageError {
  return new StorageError(
    'undecided',
    `${catalogueFile(dataDir)} could not be brought to the disk (${(cause as Error).message}): the next start finds out what is in it`,
    { cause },
  )
}

/** Returns the identity of the catalogue's current files, for `expectIdentity`. */
export function catalogueIdentity(dataDir: string): string {
  return `${fileIdentity(catalogueFile(dataDir))} ${fileIdentity(catalogueLog(dataDir))}`
}

/** From now on, refuses a change of this thread if the catalogue's files have been replaced. */
export function expectIdentity(dataDir: string, identity: string): void {
  identities.set(dataDir, identity)
}

/**
 * Throws if the catalogue's files were replaced, because anything written to a removed or replaced file is
 * lost at the next start.
 */
function checkIdentity(dataDir: string): void {
  const expected = identities.get(dataDir)
  if (expected === undefined || expected === catalogueIdentity(dataDir)) return
  throw new StorageError(
    'unusable',
    `${catalogueFile(dataDir)} or its log was removed or replaced while the server runs, so nothing can be stored: stop the server, put the files back, and start it again`,
  )
}

export function run<T>(kind: FileOperation['kind'], dataDir: string, task: () => T): T {
  const path = catalogueFile(dataDir)
  return operation({ kind, path }, () => {
    try {
      return task()
    } catch (error) {
      throw translatedSqliteError(error, path)
    }
  })
}
