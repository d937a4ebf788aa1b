// Migrates a catalogue of an earlier version: only forward, in one transaction, after making a copy of it.
import { createHash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { removeFile, renameFile, syncPath } from '../files.ts'
import { oldCatalogueFile } from '../paths.ts'
import { type Connection, change, read } from './connection.ts'
import {
  nameColumn,
  notesTable,
  otherTables,
  schemaChecksum,
  schemaVersion,
  uploadsTable,
  uploadText,
} from './tables.ts'

/** From each earlier schema straight to the newest one. */
const migrations: Record<number, (connection: Connection) => void> = { 2: from2, 3: from3 }

/** The oldest schema that can be migrated. */
export const oldestSchema = 2

export function migrateCatalogue(dataDir: string, version: number, say: (line: string) => void): void {
  const copy = oldCatalogueFile(dataDir, version)
  say(`bringing the catalogue from schema ${version} to ${schemaVersion}; a copy of the old one is ${copy}`)
  copyCatalogue(dataDir, copy)
  change(dataDir, 0, connection => {
    migrations[version](connection)
    connection.database.exec(`PRAGMA user_version = ${schemaVersion}`)
  })
}

/** Copies the catalogue. After a crash there is no copy or a whole one. */
function copyCatalogue(dataDir: string, copy: string): void {
  const made = `${copy}.new`
  removeFile(made)
  read(dataDir, ({ database }) => database.prepare('VACUUM INTO ?').run(made))
  syncPath(made)
  renameFile(made, copy)
  syncPath(dataDir)
}

/**
 * Moves lists of columns to a table of their own, makes ids unique forever, gives rows checksums, and
 * deletes contents with their row.
 */
function from2({ database }: Connection): void {
  database.function('crc32', { deterministic: true }, text => crc32(String(text)))
  database.exec(`
    ALTER TABLE uploads RENAME TO uploads_2;
    ALTER TABLE unsynced RENAME TO unsynced_2;
    ${otherTables} ${uploadsTable}`)
  const insert = database.prepare(
    'INSERT INTO schemas (id, columns, digest, total_bytes, checksum) VALUES (?, ?, ?, ?, ?)',
  )
  let total_bytes = 0
  let id = 0
  const lists = database.prepare('SELECT columns FROM uploads_2 GROUP BY columns ORDER BY min(id)')
  for (const { columns } of lists.all() as { columns: string }[]) {
    const digest = createHash('sha256').update(columns).digest()
    total_bytes += Buffer.byteLength(columns)
    id++
    insert.run(id, columns, digest, total_bytes, schemaChecksum({ id, columns, digest, total_bytes }))
  }
  database.exec(`
    INSERT INTO uploads
      SELECT u.id, received_at, rows, csv_bytes, parquet_bytes, footer_bytes, footer_crc, row_groups, s.id AS schema, csv_cuts,
        csv_checksums, parquet_checksum, upload_id, 0, NULL
      FROM uploads_2 u JOIN schemas s ON s.columns = u.columns ORDER BY u.id;
    UPDATE uploads SET checksum = crc32(${uploadText});
    INSERT INTO unsynced SELECT id, csv, parquet FROM unsynced_2 WHERE id IN (SELECT id FROM uploads);
    DROP TABLE unsynced_2;
    DROP TABLE uploads_2;`)
}

/** Uploads have a name, and columns notes. The checksum of a row without a name stays what it was. */
function from3({ database }: Connection): void {
  database.exec(`ALTER TABLE uploads ADD COLUMN ${nameColumn}; ${notesTable}`)
}
