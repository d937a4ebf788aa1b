// The table of committed uploads: SQLite, one row per upload. Inserting the row is what commits an upload.
import { DatabaseSync, type StatementSync } from 'node:sqlite'
import type { Checksums, Converted } from '../convert.ts'
import type { Column } from '../csv/inference.ts'
import { StorageError } from '../errors.ts'
import { type FileOperation, operation } from '../files.ts'
import { catalogueFile, type Format } from './names.ts'
import { translatedSqliteError } from './sqlite.ts'
import type { Upload } from './upload.ts'

const schemaVersion = 2

// Several threads may find an empty database at once.
const schema = `
  CREATE TABLE IF NOT EXISTS uploads (
    id            INTEGER PRIMARY KEY,
    received_at   TEXT    NOT NULL,  -- ISO 8601, UTC
    rows          INTEGER NOT NULL,
    csv_bytes     INTEGER NOT NULL,
    parquet_bytes INTEGER NOT NULL,
    footer_bytes  INTEGER NOT NULL,  -- of the Parquet file, from its footer to its end
    footer_crc    INTEGER NOT NULL,  -- CRC-32 of these, as an int32
    row_groups    INTEGER NOT NULL,
    csv_cuts      TEXT    NOT NULL,  -- JSON: positions in the CSV where a record begins, about 4 MiB apart
    columns       TEXT    NOT NULL,  -- JSON: [{"name":"x","type":"int64"}], in the order of the header
    csv_checksums    BLOB NOT NULL,  -- 16 bytes for each piece of the CSV between its cuts
    parquet_checksum BLOB NOT NULL,  -- 16 bytes
    upload_id        BLOB UNIQUE     -- the UUID that the client gave the upload, if it did
  ) STRICT;
  CREATE TABLE IF NOT EXISTS unsynced (
    id      INTEGER PRIMARY KEY,  -- of an upload whose files may not be on the disk: here is what they hold
    csv     BLOB NOT NULL,
    parquet BLOB NOT NULL
  ) STRICT;
  PRAGMA user_version = ${schemaVersion};`

const fields =
  'id, received_at, rows, csv_bytes, parquet_bytes, footer_bytes, footer_crc, row_groups, csv_cuts, columns'
const insertion = `
  INSERT INTO uploads (${fields}, csv_checksums, parquet_checksum, upload_id)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (upload_id) DO NOTHING`

/** Most uploads have no cuts: one array does for them all. */
const NONE: readonly number[] = []

interface Row {
  id: number
  received_at: string
  rows: number
  csv_bytes: number
  parquet_bytes: number
  footer_bytes: number
  footer_crc: number
  row_groups: number
  csv_cuts: string
  columns: string
}

/** What only the row of an upload knows. */
export interface Particulars {
  checksums: Checksums
  /** The id that the client gave it, in 16 bytes. Only one upload has it. */
  uploadId?: Uint8Array | undefined
}

/** What the files of an upload hold. */
export type Contents = Record<Format, Uint8Array>

interface Connection {
  database: DatabaseSync
  insert: StatementSync
  insertContents: StatementSync
}

/** This thread's connections, by data directory. A thread has one, opened when it first needs it. */
const connections = new Map<string, Connection>()

/**
 * Commits an upload: when this returns, the row is on the disk. With `contents` it goes there together with what the upload's
 * files hold, so that these need not be on the disk yet. Returns false, and nothing is changed, if another upload has its
 * `uploadId`.
 */
export function insertUpload(
  dataDir: string,
  upload: Upload,
  { checksums, uploadId }: Particulars,
  contents?: Contents,
): boolean {
  const { id, receivedAt, rows, csvBytes, parquetBytes, footerBytes, footerCrc, rowGroups } = upload
  const { database, insert, insertContents } = connect(dataDir)
  return run('insert', dataDir, () => {
    if (contents) database.exec('BEGIN IMMEDIATE')
    try {
      const { changes } = insert.run(
        id,
        receivedAt,
        rows,
        csvBytes,
        parquetBytes,
        footerBytes,
        footerCrc,
        rowGroups,
        JSON.stringify(upload.csvCuts),
        JSON.stringify(upload.columns),
        checksums.csv,
        checksums.parquet,
        uploadId ?? null,
      )
      if (contents && changes > 0) insertContents.run(id, contents.csv, contents.parquet)
      if (contents) database.exec('COMMIT')
      return changes > 0
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK')
      throw error
    }
  })
}

/** The uploads whose files may not be on the disk, at most `limit` of them, by ascending id. */
export function listUnsynced(dataDir: string, limit = -1): number[] {
  const { database } = connect(dataDir)
  return run('read', dataDir, () =>
    database
      .prepare('SELECT id FROM unsynced ORDER BY id LIMIT ?')
      .all(limit)
      .map(({ id }) => id as number),
  )
}

/** What the files of such an upload hold; undefined for another. */
export function readContents(dataDir: string, id: number): Contents | undefined {
  const { database } = connect(dataDir)
  return run(
    'read',
    dataDir,
    () =>
      database.prepare('SELECT csv, parquet FROM unsynced WHERE id = ?').get(id) as unknown as
        | Contents
        | undefined,
  )
}

/** Says that the files of these uploads are on the disk. */
export function deleteContents(dataDir: string, ids: readonly number[]): void {
  const { database } = connect(dataDir)
  run('insert', dataDir, () => {
    const list = JSON.stringify(ids)
    database.prepare('DELETE FROM unsynced WHERE id IN (SELECT value FROM json_each(?))').run(list)
  })
}

/** The upload, if its row is committed. */
export function findUpload(dataDir: string, id: number): Upload | undefined {
  const { database } = connect(dataDir)
  return run('read', dataDir, () => {
    const row = database.prepare(`SELECT ${fields} FROM uploads WHERE id = ?`).get(id) as Row | undefined
    return row && uploadOfRow(row, JSON.parse(row.columns))
  })
}

/** The upload that has this `uploadId`. */
export function findUploadId(dataDir: string, uploadId: Uint8Array): Upload | undefined {
  const { database } = connect(dataDir)
  return run('read', dataDir, () => {
    const query = `SELECT ${fields} FROM uploads WHERE upload_id = ?`
    const row = database.prepare(query).get(uploadId) as Row | undefined
    return row && uploadOfRow(row, JSON.parse(row.columns))
  })
}

/** The checksums of a committed upload's files. */
export function readChecksums(dataDir: string, id: number): Checksums {
  const { database } = connect(dataDir)
  return run('read', dataDir, () => {
    const query = 'SELECT csv_checksums AS csv, parquet_checksum AS parquet FROM uploads WHERE id = ?'
    return database.prepare(query).get(id) as unknown as Checksums
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

/** Changes what the row of an upload says of its Parquet file. */
export function updateParquet(dataDir: string, id: number, converted: Converted): void {
  const { rows, columns, parquetBytes, footerBytes, footerCrc, rowGroups, checksums } = converted
  const { database } = connect(dataDir)
  run('insert', dataDir, () =>
    database
      .prepare(`
        UPDATE uploads SET rows = ?, columns = ?, parquet_bytes = ?, footer_bytes = ?, footer_crc = ?, row_groups = ?,
          parquet_checksum = ? WHERE id = ?`)
      .run(
        rows,
        JSON.stringify(columns),
        parquetBytes,
        footerBytes,
        footerCrc,
        rowGroups,
        checksums.parquet,
        id,
      ),
  )
}

/** Throws StorageError `damaged` if the catalogue is not a whole database. */
export function checkDatabase(dataDir: string): void {
  const { database } = connect(dataDir)
  const found = run(
    'read',
    dataDir,
    () => database.prepare('PRAGMA integrity_check(1)').get()?.integrity_check,
  )
  if (found === 'ok') return
  throw new StorageError(
    'damaged',
    `${catalogueFile(dataDir)} is damaged (${found}): restore the data directory from a backup`,
  )
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
      const insert = database.prepare(insertion)
      const insertContents = database.prepare('INSERT INTO unsynced (id, csv, parquet) VALUES (?, ?, ?)')
      return { database, insert, insertContents }
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
  if (version !== 0 && version !== schemaVersion) {
    const [age, remedy] =
      version > schemaVersion ? ['a newer', 'update the program'] : ['an older', 'upload its files anew']
    throw new StorageError(
      'unusable',
      `${path} was written by ${age} version of this program (schema ${version}, this one knows ${schemaVersion}): ${remedy}, or choose another data directory`,
    )
  }
  if (version === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT`)
}

function uploadOfRow(row: Row, columns: readonly Column[]): Upload {
  return {
    id: row.id,
    receivedAt: row.received_at,
    rows: row.rows,
    csvBytes: row.csv_bytes,
    parquetBytes: row.parquet_bytes,
    footerBytes: row.footer_bytes,
    footerCrc: row.footer_crc,
    rowGroups: row.row_groups,
    csvCuts: row.csv_cuts === '[]' ? NONE : JSON.parse(row.csv_cuts),
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
