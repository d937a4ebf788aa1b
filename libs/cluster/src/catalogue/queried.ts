// What a query reads of the catalogue.
import { StorageError } from '@table/storage'
import type { Database } from './database.ts'
import type { ShownRow } from './listing.ts'

/** An upload of a query. All of them are of one moment. */
export interface QueriedUpload extends ShownRow {
  object: string
  schema: number
  parquet_etag: string
  stored_at: number
}

/** The most uploads of a query, and the most bytes of their lists of columns. An engine gets the plan of a query in one piece. */
const MOST_UPLOADS = 10_000
const MOST_BYTES = 16 * 1024 * 1024

/** Returns every upload that was committed before this call, in the order of their ids. */
export async function readQueried(database: Database): Promise<QueriedUpload[]> {
  const rows = await database.rows<QueriedUpload & { shown_bytes: number }>(
    `SELECT u.id, coalesce(u.file, u.object) AS object, u.schema, u.upload_id, u.name, u.received_at, u.rows, u.csv_bytes, u.parquet_bytes,
       u.parquet_etag, u.stored_at, s.shown_bytes
     FROM uploads u JOIN schemas s ON s.id = u.schema ORDER BY u.id LIMIT ${MOST_UPLOADS + 1}`,
  )
  if (rows.length > MOST_UPLOADS)
    throw tooMany(`the table has more than ${MOST_UPLOADS} uploads, at most ${MOST_UPLOADS}`)
  const bytes = new Map(rows.map(({ schema, shown_bytes }) => [schema, shown_bytes]))
  const total = bytes.values().reduce((sum, bytes) => sum + bytes, 0)
  if (total > MOST_BYTES) throw tooMany(`the names of all columns have ${total} bytes, at most ${MOST_BYTES}`)
  return rows
}

function tooMany(found: string): StorageError {
  return new StorageError(
    'too-large',
    `${found} can be queried: delete uploads, or ask for sums and statistics`,
  )
}

/** Returns which of these columns hold nothing in any of the uploads. `place`: the position of a column in the list `schema`. */
export async function emptyColumns(
  database: Database,
  uploads: readonly number[],
  places: readonly { schema: number; position: number }[],
): Promise<{ schema: number; position: number }[]> {
  if (places.length === 0) return []
  return database.rows(
    `SELECT p.schema, p.position
     FROM unnest($1::integer[], $2::integer[]) AS p (schema, position)
       JOIN uploads u ON u.schema = p.schema JOIN extents e ON e.upload = u.id
     WHERE u.id = ANY($3)
     GROUP BY p.schema, p.position HAVING bool_and((e.columns::json -> p.position ->> 0)::bigint = u.rows)`,
    [places.map(({ schema }) => schema), places.map(({ position }) => position), uploads],
  )
}
