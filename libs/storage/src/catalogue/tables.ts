// The tables of the catalogue, and the checksums of their rows: docs/on-disk.md, Catalogue.
import { crc32 } from 'node:zlib'
import { StorageError } from '../errors.ts'
import { catalogueFile } from '../paths.ts'

export const schemaVersion = 4

/** Since schema 4. */
export const nameColumn = 'name TEXT'

export const uploadsTable = `
  CREATE TABLE uploads (
    id            INTEGER PRIMARY KEY AUTOINCREMENT,  -- never given twice
    received_at   TEXT    NOT NULL,  -- ISO 8601, UTC
    rows          INTEGER NOT NULL,
    csv_bytes     INTEGER NOT NULL,
    parquet_bytes INTEGER NOT NULL,
    footer_bytes  INTEGER NOT NULL,  -- of the Parquet file, from its footer to its end
    footer_crc    INTEGER NOT NULL,  -- CRC-32 of these, as an int32
    row_groups    INTEGER NOT NULL,
    schema        INTEGER NOT NULL REFERENCES schemas,
    csv_cuts      TEXT    NOT NULL,  -- JSON: positions in the CSV where a record begins, about 4 MiB apart
    csv_checksums    BLOB NOT NULL,  -- 16 bytes for each piece of the CSV between its cuts
    parquet_checksum BLOB NOT NULL,  -- 16 bytes
    upload_id        BLOB UNIQUE,    -- the UUID that the client gave the upload, if it did
    checksum      INTEGER NOT NULL,  -- CRC-32 of the other columns
    ${nameColumn}  -- what the client calls the file, if it said so
  ) STRICT;`

/** Since schema 4. */
export const notesTable = `
  CREATE TABLE notes (
    upload   INTEGER NOT NULL REFERENCES uploads ON DELETE CASCADE,
    position INTEGER NOT NULL,  -- of a text column that looks like numbers, from 0
    line     INTEGER,           -- of the first field that spoils it; null where every field is an integer or null
    value    TEXT,              -- that field, cut to 80 bytes
    PRIMARY KEY (upload, position)
  ) STRICT, WITHOUT ROWID;`

export const otherTables = `
  CREATE TABLE schemas (
    id          INTEGER PRIMARY KEY,
    columns     TEXT    NOT NULL,         -- JSON: [{"name":"x","type":"int64"}], in the order of the header
    digest      BLOB    NOT NULL UNIQUE,  -- SHA-256 of these
    total_bytes INTEGER NOT NULL,         -- of the columns of this row and all rows before
    checksum    INTEGER NOT NULL          -- CRC-32 of the other columns
  ) STRICT;
  CREATE TABLE unsynced (
    id      INTEGER PRIMARY KEY REFERENCES uploads ON DELETE CASCADE,  -- its files may not be on the disk: here is what they hold
    csv     BLOB NOT NULL,
    parquet BLOB NOT NULL
  ) STRICT;
  CREATE TABLE removed (
    id INTEGER PRIMARY KEY  -- of an upload whose row was deleted and whose files are to follow
  ) STRICT;
  CREATE TABLE state (
    generation INTEGER NOT NULL  -- grows with each start and stop, also in the file of this name
  ) STRICT;
  INSERT INTO state VALUES (0);
  ${notesTable}`

/** What the checksum of a row of `uploads` is computed from. The first eight are numbers. A row without a name has the text of schema 3. */
export const uploadText =
  "concat_ws(',', id, rows, csv_bytes, parquet_bytes, footer_bytes, footer_crc, row_groups, schema, received_at, " +
  "hex(csv_checksums), hex(parquet_checksum), hex(upload_id), nullif(hex(name), ''), csv_cuts)"

/** A row with the checksum that it had when it was written. */
export interface Checked {
  checksum: number
}

export interface UploadRow {
  id: number
  received_at: string
  rows: number
  csv_bytes: number
  parquet_bytes: number
  footer_bytes: number
  footer_crc: number
  row_groups: number
  schema: number
  csv_cuts: string
  csv_checksums: Uint8Array
  parquet_checksum: Uint8Array
  upload_id: Uint8Array | null
  name: string | null
}

export function uploadChecksum(row: UploadRow): number {
  const { id, rows, csv_bytes, parquet_bytes, footer_bytes, footer_crc, row_groups, schema } = row
  const numbers = [id, rows, csv_bytes, parquet_bytes, footer_bytes, footer_crc, row_groups, schema]
  const blobs = [row.csv_checksums, row.parquet_checksum, row.upload_id ?? new Uint8Array(0)]
  if (row.name !== null) blobs.push(Buffer.from(row.name))
  return crc32([...numbers, row.received_at, ...blobs.map(hex), row.csv_cuts].join(','))
}

export interface SchemaRow {
  id: number
  columns: string
  digest: Uint8Array
  total_bytes: number
}

export function schemaChecksum({ id, columns, digest, total_bytes }: SchemaRow): number {
  return crc32([id, total_bytes, hex(digest), columns].join(','))
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex').toUpperCase()
}

/** Makes the error for a damaged row. `what` names the row. */
export function damagedRow(dataDir: string, what: string): StorageError {
  return new StorageError(
    'damaged',
    `${catalogueFile(dataDir)}: ${what} is not what was written: restore the data directory from a backup, or run ` +
      `\`table-cli adopt --data-dir ${dataDir}\`, which makes damaged rows anew from the files`,
  )
}
