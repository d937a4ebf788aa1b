// The table of committed uploads: SQLite, one row per upload. Inserting the row is what commits an upload.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Column } from '../csv/inference.ts'
import { StorageError } from '../errors.ts'
import { type FileOperation, operation } from '../files.ts'
import { catalogueFile } from './names.ts'
import { translatedSqliteError } from './sqlite.ts'
import type { Upload } from './upload.ts'

const schemaVersion = 1

// Several threads may find an empty database at once.
const schema = `
  CREATE TABLE IF NOT EXISTS uploads (
    id            INTEGER PRIMARY KEY,
    received_at   TEXT    NOT NULL,  -- ISO 8601, UTC
    rows          INTEGER NOT NULL,
    csv_bytes     INTEGER NOT NULL,
    parquet_bytes INTEGER NOT NULL,
    columns       TEXT    NOT NULL   -- JSON: [{"name":"x","type":"int64"}], in the order of the header
  ) STRICT;
  PRAGMA user_version = ${schemaVersion};`

const fields = 'id, received_at, rows, csv_bytes, parquet_bytes, columns'

interface Row {
  id: number
  received_at: string
  rows: number
  csv_bytes: number
  parquet_bytes: number
  columns: string
}

interface Connection {
  database: DatabaseSync
  insert: StatementSync
}

/** This thread's connections, by data directory. A thread has one, opened when it first needs it. */
const connections = new Map<string, Connection>()

/** Commits an upload: when this returns, the row is on the disk. */
export function insertUpload(dataDir: string, upload: Upload): void {
  const { id, receivedAt, rows, csvBytes, parquetBytes, columns } = upload
  const { insert } = connect(dataDir)
  run('insert', dataDir, () =>
    insert.run(id, receivedAt, rows, csvBytes, parquetBytes, JSON.stringify(columns)),
  )
}

/** The upload, if its row is committed. */
export function findUpload(dataDir: string, id: number): Upload | undefined {
  const { database } = connect(dataDir)
  return run('read', dataDir, () => {
    const row = database.prepare(`SELECT ${fields} FROM uploads WHERE id = ?`).get(id) as Row | undefined
    return row && uploadOfRow(row, JSON.parse(row.columns))
  })
}

/** All committed uploads by ascending id. Those of one schema share one array of columns. */
export function listUploads(dataDir: string): Upload[] {
  const { database } = connect(dataDir)
  return run('read', dataDir, () => {
    const schemas = new Map<string, readonly Column[]>()
    const uploads: Upload[] = []
    for (const row of database.prepare(`SELECT ${fields} FROM uploads ORDER BY id`).iterate()) {
      const json = row.columns as string
      const columns = schemas.get(json) ?? JSON.parse(json)
      schemas.set(json, columns)
      uploads.push(uploadOfRow(row as unknown as Row, columns))
    }
    return uploads
  })
}

/** Closes this thread's connection, if it has one. */
export function closeDatabase(dataDir: string): void {
  connections.get(dataDir)?.database.close()
  connections.delete(dataDir)
}

function connect(dataDir: string): Connection {
  const known = connections.get(dataDir)
  if (known) return known
  const connection = run('open', dataDir, () => {
    // Eight threads insert at once and each insert waits for the disk: a busy table is no error for a minute.
    const database = new DatabaseSync(catalogueFile(dataDir), { timeout: 60_000 })
    try {
      // The cache is in KiB. The pages of a table that is read once and then only appended to need next to none.
      database.exec(
        'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -64; PRAGMA temp_store = MEMORY',
      )
      prepareSchema(database, catalogueFile(dataDir))
      const insert = database.prepare(`INSERT INTO uploads (${fields}) VALUES (?, ?, ?, ?, ?, ?)`)
      return { database, insert }
    } catch (error) {
      database.close()
      throw error
    }
  })
  connections.set(dataDir, connection)
  return connection
}

function prepareSchema(database: DatabaseSync, path: string): void {
  const version = Number(database.prepare('PRAGMA user_version').get()?.user_version)
  if (version > schemaVersion)
    throw new StorageError(
      'unusable',
      `${path} was written by a newer version of this program (schema ${version}, this one knows up to ${schemaVersion}): update the program, or choose another data directory`,
    )
  if (version === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
}

function uploadOfRow(row: Row, columns: readonly Column[]): Upload {
  return {
    id: row.id,
    receivedAt: row.received_at,
    rows: row.rows,
    csvBytes: row.csv_bytes,
    parquetBytes: row.parquet_bytes,
    columns,
  }
}

function run<T>(kind: FileOperation['kind'], dataDir: string, task: () => T): T {
  const path = catalogueFile(dataDir)
  return operation({ kind, path }, () => {
    try {
      return task()
    } catch (error) {
      throw translatedSqliteError(error, path)
    }
  })
}
