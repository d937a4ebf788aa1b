// What the catalogue says of uploads to people: one upload, or a page of many.
import type { Column } from '../schema.ts'
import { type Connection, read } from './connection.ts'
import { checkRow } from './database.ts'
import { readSchema } from './schemas.ts'
import type { Checked, UploadRow } from './tables.ts'
import type { Upload } from './upload.ts'

/** A committed upload as people see it. */
export interface UploadSummary
  extends Pick<Upload, 'id' | 'receivedAt' | 'rows' | 'csvBytes' | 'parquetBytes'> {
  /** What the client calls the file. */
  name: string | undefined
  /** The id that the client gave the upload, in 16 bytes. */
  uploadId: Uint8Array | undefined
  /** In the order of the header; none if they take more bytes than asked for. */
  columns: readonly Column[]
}

/** Which uploads are wanted. */
export interface PageRequest {
  /** The id before the first upload of the page, in its order. Undefined: the page is the first one. */
  after: number | undefined
  oldestFirst: boolean
  /** ISO 8601 in UTC, with milliseconds: only uploads received from the one time on, and before the other. */
  receivedFrom: string | undefined
  receivedBefore: string | undefined
  /** The most uploads. */
  uploads: number
  /** The most bytes of all names and types. A page ends early rather than exceed them. */
  bytes: number
}

export interface Page {
  uploads: UploadSummary[]
  /** Whether there are uploads after the page. */
  more: boolean
}

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
    const uploads: UploadSummary[] = []
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
export function readSummary(dataDir: string, id: number, bytes: number): UploadSummary | undefined {
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

function summaryOf(row: UploadRow, columns: readonly Column[]): UploadSummary {
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
