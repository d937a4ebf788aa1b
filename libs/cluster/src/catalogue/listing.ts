// What the catalogue says of uploads to people: one upload, or a page of many.
import { shownUploadBytes } from '@table/storage'
import type { Page, PageRequest, StoredUpload } from '@table/table'
import type { Database } from './database.ts'
import { uuidBytes } from './particulars.ts'
import type { Schemas, WantedSchema } from './schemas.ts'

/** The columns of `uploads` that people see. */
export interface ShownRow {
  id: number
  upload_id: string | null
  name: string | null
  received_at: string
  rows: number
  csv_bytes: number
  parquet_bytes: number
}

type Row = ShownRow & WantedSchema

const shownRow = `
  SELECT u.id, u.upload_id, u.name, u.received_at, u.rows, u.csv_bytes, u.parquet_bytes, u.schema, s.shown_bytes AS "shownBytes"
  FROM uploads u JOIN schemas s ON s.id = u.schema`

/** Before and after every time. */
const EARLIEST = ''
const LATEST = '~'

/** Returns a page of uploads by id. */
export async function readPage(database: Database, schemas: Schemas, request: PageRequest): Promise<Page> {
  const { after, oldestFirst, receivedFrom = EARLIEST, receivedBefore = LATEST } = request
  const [comparison, order, start] = oldestFirst ? ['>', 'ASC', 0] : ['<', 'DESC', Number.MAX_SAFE_INTEGER]
  const rows = await database.rows<Row>(
    `${shownRow} WHERE u.id ${comparison} $1 AND u.received_at >= $2 AND u.received_at < $3 ORDER BY u.id ${order} LIMIT $4`,
    [after ?? start, receivedFrom, receivedBefore, request.uploads + 1],
  )
  const fitting = rows.slice(0, countFitting(rows, request))
  return { uploads: await shown(schemas, fitting, request.bytes), more: rows.length > fitting.length }
}

/** Returns how many of the rows a page has room for: at least one, if there is one. */
function countFitting(rows: readonly Row[], { uploads, bytes }: PageRequest): number {
  let left = bytes
  for (const [i, row] of rows.entries()) {
    left -= shownUploadBytes(row.name) + (isShown(row, bytes) ? row.shownBytes : 0)
    if (i === uploads || (left < 0 && i > 0)) return i
  }
  return rows.length
}

/** Returns an upload, without its columns if they take more than `bytes`; undefined if it does not exist. */
export async function readUpload(
  database: Database,
  schemas: Schemas,
  id: number,
  bytes: number,
): Promise<StoredUpload | undefined> {
  const rows = await database.rows<Row>(`${shownRow} WHERE u.id = $1`, [id])
  const [upload] = await shown(schemas, rows, bytes)
  return upload
}

function isShown({ shownBytes }: Row, bytes: number): boolean {
  return shownBytes + shownUploadBytes(null) <= bytes
}

async function shown(schemas: Schemas, rows: readonly Row[], bytes: number): Promise<StoredUpload[]> {
  const uploads: StoredUpload[] = rows.map(row => ({
    id: row.id,
    uploadId: row.upload_id === null ? undefined : uuidBytes(row.upload_id),
    name: row.name ?? undefined,
    receivedAt: row.received_at,
    rows: row.rows,
    csvBytes: row.csv_bytes,
    parquetBytes: row.parquet_bytes,
    columns: [],
  }))
  const byId = new Map(uploads.map(upload => [upload.id, upload]))
  const withColumns = rows.filter(row => isShown(row, bytes))
  for await (const { row, columns } of schemas.each(withColumns)) {
    const upload = byId.get(row.id)
    if (upload) upload.columns = columns
  }
  return uploads
}
