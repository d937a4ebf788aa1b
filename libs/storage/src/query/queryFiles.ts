// What a query reads: a folder with the Parquet files of its uploads under other names and the list of these
// uploads, which all queries of one snapshot share. The engine may open nothing else. Files keep their content under the second name, so an upload
// that is deleted meanwhile does not matter.
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { read } from '../catalogue/connection.ts'
import { checkRow } from '../catalogue/database.ts'
import { readSchema } from '../catalogue/schemas.ts'
import type { Checked, UploadRow } from '../catalogue/tables.ts'
import { CsvWriter, type Field } from '../csv/writer.ts'
import { append, closeFile, copyFile, createFile, linkFile, makeDirectory, removeTree } from '../files.ts'
import {
  queryDirectory,
  querySchemaDirectory,
  queryTemporaryDirectory,
  queryUploadFile,
  queryUploadsFile,
  storedFile,
} from '../paths.ts'
import type { Column } from '../schema.ts'

/** A list of columns. The files of uploads with the list `schema` are in one folder. */
export interface QuerySchema {
  schema: number
  columns: readonly Column[]
}

const BATCH = 64 * 1024

/**
 * Makes a folder for queries over the uploads `ids`, in ascending order. Returns their lists of columns. An upload whose row is deleted is left
 * out. Throws StorageError `damaged` if a row is damaged.
 */
export function makeQueryFiles(
  dataDir: string,
  folder: number,
  ids: Float64Array,
  cancellation: Cancellation,
): QuerySchema[] {
  const schemas = new Map<number, readonly Column[]>()
  makeDirectory(queryTemporaryDirectory(dataDir, folder))
  makeDirectory(querySchemaDirectory(dataDir, folder, 0))
  const list = createFile(queryUploadsFile(dataDir, folder))
  try {
    const lines = new CsvWriter(columns)
    lines.take() // the list has no header
    for (const row of rowsOf(dataDir, ids)) {
      throwIfCancelled(cancellation)
      if (!schemas.has(row.schema)) {
        schemas.set(
          row.schema,
          read(dataDir, connection => readSchema(dataDir, connection, row.schema)),
        )
        makeDirectory(querySchemaDirectory(dataDir, folder, row.schema))
      }
      const from = storedFile(dataDir, row.id, 'parquet')
      const to = queryUploadFile(dataDir, folder, row.schema, row.id, Date.parse(row.received_at))
      if (!linkFile(from, to)) copyFile(from, to)
      lines.writeRecord(fieldsOf(row))
      if (lines.bytes().length >= BATCH) append(list, lines.take())
    }
    append(list, lines.take())
  } finally {
    closeFile(list)
  }
  return [...schemas].map(([schema, columns]) => ({ schema, columns }))
}

export function removeQueryFiles(dataDir: string, folder: number): void {
  removeTree(queryDirectory(dataDir, folder))
}

const ROWS = 1024

/** Yields the rows of the uploads `ids` that exist. */
function* rowsOf(dataDir: string, ids: Float64Array): Generator<UploadRow> {
  for (let first = 0; first < ids.length; first += ROWS) {
    const some = JSON.stringify([...ids.subarray(first, first + ROWS)])
    const rows = read(dataDir, ({ prepared }) =>
      prepared('SELECT * FROM uploads WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id').all(some),
    ) as unknown as (UploadRow & Checked)[]
    for (const row of rows) {
      checkRow(dataDir, row)
      yield row
    }
  }
}

const columns = ['id', 'upload_id', 'name', 'received_at', 'rows', 'csv_bytes', 'parquet_bytes'] as const

/** Returns the fields of an upload in the list. */
function fieldsOf({ upload_id, ...row }: UploadRow): Field[] {
  const known = { ...row, upload_id: upload_id && Buffer.from(upload_id).toString('hex') }
  return columns.map(name => known[name])
}
