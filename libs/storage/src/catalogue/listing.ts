// What the catalogue says of uploads to people: one upload, or a page of many.
import type { Page, PageRequest, StoredUpload } from '@table/table'
import type { Column } from '../schema.ts'
import { type Connection, read } from './connection.ts'
import { checkRow } from './database.ts'
import { readSchema } from './schemas.ts'
import type { Checked, UploadRow } from './tables.ts'

/** What an upload takes besides its names and types, in bytes. */
const UPLOAD_BYTES = 128
/** What a column takes besides its name. */
const COLUMN_BYTES = 25

/** Returns what an upload of this name takes in an answer besides its columns. */
export function shownUploadBytes(name: string | null): number {
  return UPLOAD_BYTES + Buffer.byteLength(name ?? '')
}

/** Returns what columns take in an answer. */
export function shownColumnBytes(columns: readonly Column[]): number {
  return columns.reduce((sum, { name }) => sum + Buffer.byteLength(name) + COLUMN_BYTES, 0)
}

/** Before and after every time. */
const EARLIEST = ''
const LATEST = '~'

/** Reads a page of uploads by id. Throws StorageError `damaged` if a row is damaged. */
export function readPage(dataDir: string, request: PageRequest): Page {
  const { after, oldestFirst, receivedFrom = EARLIEST, receivedBefore = LATEST } = request
  return read(dataDir, connection => {
    const [comparison, order, start] = oldestFirst ? ['>', 'ASC', 0] : ['<', 'DESC', Number.MAX_SAFE_INTEGER]
    const rows = connection.database
      .prepare(
        `SELECT * FROM uploads WHERE id ${comparison} ? AND received_at >= ? AND received_at < ? ORDER BY id ${order} LIMIT ?`,
      )
      .iterate(after ?? start, receivedFrom, receivedBefore, request.uploads + 1)
    const columnsOf = schemaReader(dataDir, connection, request.bytes)
    const uploads: StoredUpload[] = []
    let bytes = 0
    for (const row of rows as Iterable<unknown> as Iterable<UploadRow & Checked>) {
      checkRow(dataDir, row)
      const { columns, size } = columnsOf(row.schema)
      bytes += shownUploadBytes(row.name) + size
      if (uploads.length === request.uploads || (bytes > request.bytes && uploads.length > 0))
        return { uploads, more: true }
      uploads.push(summaryOf(row, columns))
    }
    return { uploads, more: false }
  })
}

/** Reads one upload, without its columns if they take more than `bytes`. Returns undefined if the upload does not exist. */
export function readSummary(dataDir: string, id: number, bytes: number): StoredUpload | undefined {
  return read(dataDir, connection => {
    const row = connection.prepared('SELECT * FROM uploads WHERE id = ?').get(id) as
      | (UploadRow & Checked)
      | undefined
    if (!row) return undefined
    checkRow(dataDir, row)
    return summaryOf(row, schemaReader(dataDir, connection, bytes)(row.schema).columns)
  })
}

interface SizedColumns {
  columns: readonly Column[]
  size: number
}

/** Reads each list of columns once. Lists of more than `bytes` are left out. */
function schemaReader(dataDir: string, connection: Connection, bytes: number): (id: number) => SizedColumns {
  const known = new Map<number, SizedColumns>()
  return id => {
    let sized = known.get(id)
    if (!sized) {
      const columns = readSchema(dataDir, connection, id)
      const size = shownColumnBytes(columns)
      sized = size + UPLOAD_BYTES <= bytes ? { columns, size } : { columns: [], size: 0 }
      known.set(id, sized)
    }
    return sized
  }
}

function summaryOf(row: UploadRow, columns: readonly Column[]): StoredUpload {
  return {
    id: row.id,
    uploadId: row.upload_id ?? undefined,
    receivedAt: row.received_at,
    name: row.name ?? undefined,
    rows: row.rows,
    csvBytes: row.csv_bytes,
    parquetBytes: row.parquet_bytes,
    columns,
  }
}
