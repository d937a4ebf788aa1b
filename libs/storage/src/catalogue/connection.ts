// A thread's connection to the catalogue, which is an SQLite database in WAL mode.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { StorageError } from '../errors.ts'
import { type FileOperation, fileIdentity, operation } from '../files.ts'
import { catalogueFile, catalogueLog } from '../paths.ts'
import { isIoError, translatedSqliteError } from './sqlite.ts'

export interface Connection {
  database: DatabaseSync
  /** A statement that is prepared once. */
  prepared(sql: string): StatementSync
  /** Bytes that this thread has written to the log since it last copied the log into the database. */
  logged: number
}

/** After so many bytes a thread copies the log into the database. */
const CHECKPOINT_BYTES = 1024 * 1024

/** This thread's connections, by data directory. A thread has one, opened when it first needs it. */
const connections = new Map<string, Connection>()

/** Which files the catalogues are that this process serves, by data directory. */
const identities = new Map<string, string>()

export function connect(dataDir: string): Connection {
  const known = connections.get(dataDir)
  if (known) return known
  const connection = run('open', dataDir, () => openConnection(catalogueFile(dataDir)))
  connections.set(dataDir, connection)
  return connection
}

function openConnection(path: string): Connection {
  // Eight threads insert at once and each insert waits for the disk: a busy table is no error for a minute.
  const database = new DatabaseSync(path, { timeout: 60_000 })
  try {
    // The cache is in KiB: a table that is read once and then only appended to needs next to none. SQLite hides a failure of
    // its own checkpoints, so `change` does them.
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

/** Closes this thread's connection, if it has one. */
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
 * Runs a task that changes the catalogue, in one transaction: when this returns, the changes are on the disk; when it throws, there
 * are none. `bytes`: about how many are written. Throws StorageError `undecided` where nobody can tell: SQLite has written the
 * changes to its log, but the log could not be brought to the disk, or is not the catalogue's any more. The next start finds out.
 * Throws `unusable` if the catalogue's files were replaced.
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
    // SQLite has rolled back by itself. The caller needs the error that came first.
  }
}

/**
 * Copies the log into the database, as far as no other thread needs it. A failed sync of the database stops the server, like one of
 * the log: Linux reports lost pages once, the next sync would succeed, and the log, which still has them, be overwritten.
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

/** Names the files of the catalogue as they are now, for `expectIdentity`. */
export function catalogueIdentity(dataDir: string): string {
  return `${fileIdentity(catalogueFile(dataDir))} ${fileIdentity(catalogueLog(dataDir))}`
}

/** From now on, a change of this thread is refused if the catalogue's files are others. */
export function expectIdentity(dataDir: string, identity: string): void {
  identities.set(dataDir, identity)
}

/** What is written to a file that was removed, or to another one, is not there after the next start. */
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
