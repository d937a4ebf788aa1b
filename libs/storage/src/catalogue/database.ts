// The rows of committed uploads. Inserting the row commits an upload.
import type { TextNote } from '../csv/textNotes.ts'
import { StorageError } from '../errors.ts'
import { catalogueFile, type Format } from '../paths.ts'
import type { Column } from '../schema.ts'
import { change, read } from './connection.ts'
import { insertNotes, replaceNotes } from './notes.ts'
import { readSchema, rememberSchema, schemaIdOf } from './schemas.ts'
import {
  type Checked,
  damagedRow,
  type SchemaRow,
  schemaChecksum,
  type UploadRow,
  uploadChecksum,
} from './tables.ts'
import type { Checksums, NewUpload, ParquetFacts, Upload } from './upload.ts'

/** What only the row of an upload knows. */
export interface Particulars {
  checksums: Checksums
  /** The id that the client gave the upload, in 16 bytes. Only one upload has it. */
  uploadId?: Uint8Array | undefined
  /** Of its text columns that look like numbers. */
  notes?: readonly TextNote[]
}

/** The contents of an upload's files. */
export type Contents = Record<Format, Uint8Array>

const insertion = `
  INSERT INTO uploads (id, received_at, rows, csv_bytes, parquet_bytes, footer_bytes, footer_crc, row_groups, schema, csv_cuts,
    csv_checksums, parquet_checksum, upload_id, name, checksum)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (upload_id) DO NOTHING`

/**
 * Commits an upload. The row is on the disk when this returns. With `contents` the row goes to the disk
 * together with the contents of the upload's files, so that the files need not be on the disk yet. Returns
 * undefined and changes nothing if another upload has the same `uploadId`. Throws StorageError `too-large` if
 * there is no room for more column names, `undecided` as `change` does.
 */
export function insertUpload(
  dataDir: string,
  upload: NewUpload,
  particulars: Particulars,
  contents?: Contents,
): Upload | undefined {
  const bytes = contents ? contents.csv.length + contents.parquet.length : 0
  let schema: { id: number; json: string } | undefined
  const inserted = change(dataDir, bytes, connection => {
    schema = schemaIdOf(connection, upload.columns)
    const row = rowOf(upload, schema.id, particulars)
    const { changes } = connection
      .prepared(insertion)
      .run(
        row.id,
        row.received_at,
        row.rows,
        row.csv_bytes,
        row.parquet_bytes,
        row.footer_bytes,
        row.footer_crc,
        row.row_groups,
        row.schema,
        row.csv_cuts,
        row.csv_checksums,
        row.parquet_checksum,
        row.upload_id,
        row.name,
        uploadChecksum(row),
      )
    if (changes === 0) return undefined
    insertNotes(connection, row.id, particulars.notes ?? [])
    if (contents)
      connection
        .prepared('INSERT INTO unsynced (id, csv, parquet) VALUES (?, ?, ?)')
        .run(row.id, contents.csv, contents.parquet)
    return { connection, upload: { ...upload, schema: schema.id } }
  })
  if (!inserted || !schema) return undefined
  rememberSchema(inserted.connection, schema)
  return inserted.upload
}

function rowOf(upload: NewUpload, schema: number, { checksums, uploadId }: Particulars): UploadRow {
  return {
    id: upload.id,
    received_at: upload.receivedAt,
    rows: upload.rows,
    csv_bytes: upload.csvBytes,
    parquet_bytes: upload.parquetBytes,
    footer_bytes: upload.footerBytes,
    footer_crc: upload.footerCrc,
    row_groups: upload.rowGroups,
    schema,
    csv_cuts: JSON.stringify(upload.csvCuts),
    csv_checksums: checksums.csv,
    parquet_checksum: checksums.parquet,
    upload_id: uploadId ?? null,
    name: upload.name ?? null,
  }
}

/** Returns the uploads whose files may not be on the disk, in ascending order, at most `limit` of them. */
export function listUnsynced(dataDir: string, limit = -1): number[] {
  return read(dataDir, ({ prepared }) =>
    prepared('SELECT id FROM unsynced ORDER BY id LIMIT ?')
      .all(limit)
      .map(({ id }) => id as number),
  )
}

/** Returns the contents of an unsynced upload's files, or undefined for any other upload. */
export function readContents(dataDir: string, id: number): Contents | undefined {
  return read(
    dataDir,
    ({ prepared }) =>
      prepared('SELECT csv, parquet FROM unsynced WHERE id = ?').get(id) as unknown as Contents | undefined,
  )
}

/** Records that the files of these uploads are on the disk. */
export function deleteContents(dataDir: string, ids: readonly number[]): void {
  change(dataDir, 4096 * ids.length, ({ prepared }) =>
    prepared('DELETE FROM unsynced WHERE id IN (SELECT value FROM json_each(?))').run(JSON.stringify(ids)),
  )
}

/** Deletes contents whose upload is gone: other programs delete rows without their contents. */
export function dropOrphans(dataDir: string): void {
  const orphans = 'FROM unsynced WHERE id NOT IN (SELECT id FROM uploads)'
  if (!read(dataDir, ({ prepared }) => prepared(`SELECT id ${orphans} LIMIT 1`).get())) return
  change(dataDir, 0, ({ database }) => database.exec(`DELETE ${orphans}`))
}

/** Returns the upload, if its row is committed. */
export function findUpload(dataDir: string, id: number): Upload | undefined {
  return findRow(dataDir, 'id = ?', id)?.upload
}

/** An upload with what only its row knows. */
export interface FoundUpload {
  upload: Upload
  checksums: Checksums
}

/** Returns the upload that has this `uploadId`. */
export function findUploadId(dataDir: string, uploadId: Uint8Array): FoundUpload | undefined {
  return findRow(dataDir, 'upload_id = ?', uploadId)
}

/** Returns the upload with this number, and the checksums of its files. */
export function findChecked(dataDir: string, id: number): FoundUpload | undefined {
  return findRow(dataDir, 'id = ?', id)
}

/** Returns the checksums of a committed upload's files. */
export function readChecksums(dataDir: string, id: number): Checksums {
  const found = findRow(dataDir, 'id = ?', id)
  if (!found) throw damagedRow(dataDir, `the row of upload ${id}`)
  return found.checksums
}

function findRow(dataDir: string, condition: string, key: number | Uint8Array): FoundUpload | undefined {
  return read(dataDir, connection => {
    const row = connection.prepared(`SELECT * FROM uploads WHERE ${condition}`).get(key) as
      | (UploadRow & Checked)
      | undefined
    if (!row) return undefined
    checkRow(dataDir, row)
    return {
      upload: uploadOf(row, readSchema(dataDir, connection, row.schema)),
      checksums: { csv: row.csv_checksums, parquet: row.parquet_checksum },
    }
  })
}

/** Throws StorageError `damaged` if the row is not what was written. */
export function checkRow(dataDir: string, row: UploadRow & Checked): void {
  if (uploadChecksum(row) !== row.checksum) throw damagedRow(dataDir, `the row of upload ${row.id}`)
}

/**
 * Returns all committed uploads in ascending order. Uploads of one schema share one array of columns. An
 * upload takes some 500 bytes.
 */
export function listUploads(dataDir: string): Upload[] {
  return read(dataDir, connection => {
    const schemas = new Map<number, readonly Column[]>()
    const uploads: Upload[] = []
    for (const value of connection.database.prepare('SELECT * FROM uploads ORDER BY id').iterate()) {
      const row = value as unknown as UploadRow & Checked
      checkRow(dataDir, row)
      const columns = schemas.get(row.schema) ?? readSchema(dataDir, connection, row.schema)
      schemas.set(row.schema, columns)
      uploads.push(uploadOf(row, columns))
    }
    return uploads
  })
}

/** Deletes the damaged rows and everything else that the catalogue has of those uploads. The files stay. */
export function deleteDamagedRows(dataDir: string): void {
  change(dataDir, 0, ({ database, prepared }) => {
    for (const row of database.prepare('SELECT * FROM schemas').all() as unknown as (SchemaRow & Checked)[])
      if (schemaChecksum(row) !== row.checksum) {
        prepared('DELETE FROM uploads WHERE schema = ?').run(row.id)
        prepared('DELETE FROM schemas WHERE id = ?').run(row.id)
      }
    const ids = database.prepare('SELECT id FROM uploads').all() as { id: number }[]
    for (const { id } of ids) {
      const row = prepared('SELECT * FROM uploads WHERE id = ?').get(id) as unknown as UploadRow & Checked
      if (uploadChecksum(row) !== row.checksum) prepared('DELETE FROM uploads WHERE id = ?').run(id)
    }
    database.exec('DELETE FROM uploads WHERE schema NOT IN (SELECT id FROM schemas)')
  })
}

/** Changes what the catalogue says of an upload's Parquet file. */
export function updateParquet(
  dataDir: string,
  id: number,
  parquet: ParquetFacts & Pick<Particulars, 'checksums' | 'notes'>,
): void {
  change(dataDir, 0, connection => {
    const { prepared } = connection
    const before = prepared('SELECT * FROM uploads WHERE id = ?').get(id) as unknown as UploadRow
    const row: UploadRow = {
      ...before,
      schema: schemaIdOf(connection, parquet.columns).id,
      rows: parquet.rows,
      parquet_bytes: parquet.parquetBytes,
      footer_bytes: parquet.footerBytes,
      footer_crc: parquet.footerCrc,
      row_groups: parquet.rowGroups,
      parquet_checksum: parquet.checksums.parquet,
    }
    prepared(`
      UPDATE uploads SET schema = ?, rows = ?, parquet_bytes = ?, footer_bytes = ?, footer_crc = ?, row_groups = ?,
        parquet_checksum = ?, checksum = ? WHERE id = ?`).run(
      row.schema,
      row.rows,
      row.parquet_bytes,
      row.footer_bytes,
      row.footer_crc,
      row.row_groups,
      row.parquet_checksum,
      uploadChecksum(row),
      id,
    )
    replaceNotes(connection, id, parquet.notes ?? [])
  })
}

/** Throws StorageError `damaged` if the catalogue is not a whole database. */
export function checkDatabase(dataDir: string): void {
  const found = read(
    dataDir,
    ({ database }) => database.prepare('PRAGMA integrity_check(1)').get()?.integrity_check,
  )
  if (found === 'ok') return
  throw new StorageError(
    'damaged',
    `${catalogueFile(dataDir)} is damaged (${found}): restore the data directory from a backup`,
  )
}

function uploadOf(row: UploadRow, columns: readonly Column[]): Upload {
  return {
    id: row.id,
    receivedAt: row.received_at,
    name: row.name ?? undefined,
    rows: row.rows,
    csvBytes: row.csv_bytes,
    parquetBytes: row.parquet_bytes,
    footerBytes: row.footer_bytes,
    footerCrc: row.footer_crc,
    rowGroups: row.row_groups,
    csvCuts: JSON.parse(row.csv_cuts),
    columns,
    schema: row.schema,
  }
}
