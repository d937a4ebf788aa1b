// What the row of one upload has, for work on that upload.
import type { Column, Format } from '@table/storage'
import type { Database } from './database.ts'
import { uuidBytes } from './particulars.ts'
import type { Schemas, WantedSchema } from './schemas.ts'

/** An upload with everything that reading its files takes. */
export interface FoundUpload {
  id: number
  object: string
  /** A UUID in 16 bytes. */
  uploadId: Uint8Array | undefined
  name: string | undefined
  receivedAt: string
  rows: number
  columns: readonly Column[]
  csvBytes: number
  csvCuts: readonly number[]
  parquetBytes: number
  footerBytes: number
  footerCrc: number
  rowGroups: number
  checksums: Record<Format, Uint8Array>
  etags: Record<Format, string>
  /** When the store had both objects, by its clock, in s since 1970. */
  storedAt: number
}

interface Row extends WantedSchema {
  id: number
  object: string
  file: string | null
  upload_id: string | null
  name: string | null
  received_at: string
  rows: number
  csv_bytes: number
  csv_cuts: string
  csv_checksum: Uint8Array
  parquet_bytes: number
  footer_bytes: number
  footer_crc: number
  row_groups: number
  parquet_checksum: Uint8Array
  csv_etag: string
  parquet_etag: string
  stored_at: number
}

/** Returns an upload, or undefined if it does not exist. */
export async function findUpload(
  database: Database,
  schemas: Schemas,
  id: number,
): Promise<FoundUpload | undefined> {
  const rows = await database.rows<Row>(
    'SELECT u.*, s.shown_bytes AS "shownBytes" FROM uploads u JOIN schemas s ON s.id = u.schema WHERE u.id = $1',
    [id],
  )
  for await (const { row, columns } of schemas.each(rows))
    return {
      id,
      object: row.file ?? row.object,
      uploadId: row.upload_id === null ? undefined : uuidBytes(row.upload_id),
      name: row.name ?? undefined,
      receivedAt: row.received_at,
      rows: row.rows,
      columns,
      csvBytes: row.csv_bytes,
      csvCuts: JSON.parse(row.csv_cuts),
      parquetBytes: row.parquet_bytes,
      footerBytes: row.footer_bytes,
      footerCrc: row.footer_crc,
      rowGroups: row.row_groups,
      checksums: { csv: row.csv_checksum, parquet: row.parquet_checksum },
      etags: { csv: row.csv_etag, parquet: row.parquet_etag },
      storedAt: row.stored_at,
    }
  return undefined
}

/** Returns the checksums of the CSVs of uploads by id. Deleted ones have none any more. */
export async function readCsvChecksums(
  database: Database,
  ids: readonly number[],
): Promise<Map<number, Uint8Array>> {
  const rows = await database.rows<{ id: number; csv_checksum: Uint8Array }>(
    'SELECT id, csv_checksum FROM uploads WHERE id = ANY($1)',
    [ids],
  )
  return new Map(rows.map(({ id, csv_checksum }) => [id, csv_checksum]))
}

/** Deletes an upload for everything that begins from now on. Returns false if it does not exist. */
export async function removeUpload(database: Database, id: number, token: string): Promise<boolean> {
  const [row] = await database.rows<{ removed: boolean }>('SELECT remove_upload($1, $2) AS removed', [
    id,
    token,
  ])
  return row?.removed === true
}
