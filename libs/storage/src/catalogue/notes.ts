// What is known of text columns that look like numbers. Notes need no checksum: a sum reads every field all the same.
import { findMisfit, type Misfit, type TextNote } from '../csv/textNotes.ts'
import { storedFile } from '../paths.ts'
import { type Connection, read } from './connection.ts'
import type { ColumnPlaces } from './schemas.ts'

/** In a transaction. Takes the place of the notes that the upload had. */
export function replaceNotes(connection: Connection, upload: number, notes: readonly TextNote[]): void {
  connection.prepared('DELETE FROM notes WHERE upload = ?').run(upload)
  insertNotes(connection, upload, notes)
}

/** In a transaction. */
export function insertNotes({ prepared }: Connection, upload: number, notes: readonly TextNote[]): void {
  for (const { position, misfit } of notes)
    prepared('INSERT INTO notes (upload, position, line, value) VALUES (?, ?, ?, ?)').run(
      upload,
      position,
      misfit?.line ?? null,
      misfit?.value ?? null,
    )
}

/**
 * The field that keeps a text column of an upload from having a sum; undefined where every field is an integer or null. `columns`: how
 * many the upload has. The CSV is read where the catalogue has no note: up to the misfit, which is near the start of a column of words.
 */
export function misfitOf(
  dataDir: string,
  upload: number,
  position: number,
  columns: number,
): Misfit | undefined {
  const note = readNote(dataDir, upload, position)
  return note ? note.misfit : findMisfit(storedFile(dataDir, upload, 'csv'), position, columns)
}

/** Undefined where the column does not look like numbers, and for an upload that an earlier version has stored. */
function readNote(dataDir: string, upload: number, position: number): TextNote | undefined {
  const row = read(dataDir, ({ prepared }) =>
    prepared('SELECT line, value FROM notes WHERE upload = ? AND position = ?').get(upload, position),
  ) as { line: number | null; value: string | null } | undefined
  return (
    row && { position, misfit: row.line === null ? undefined : { line: row.line, value: row.value ?? '' } }
  )
}

/** Ids are read in batches: one by one they would take twice as long. */
const BATCH = 4096
const batchOfIds = `
  SELECT max(upload) AS last, group_concat(upload) AS ids FROM
    (SELECT n.upload FROM notes n JOIN uploads u ON u.id = n.upload
     WHERE n.upload > ? AND n.line IS NULL AND (u.schema, n.position) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
     ORDER BY n.upload LIMIT ${BATCH})`

/**
 * The uploads, by ascending id, whose column is text and known to hold integers and nulls alone, so that it has a sum. Those whose
 * column is of another type are not among them, nor are uploads of which nothing is known.
 */
export function uploadsOfIntegerTexts(
  dataDir: string,
  { schemas, positions, otherTypes }: ColumnPlaces,
): Float64Array {
  const texts = Array.from(otherTypes).filter(([, type]) => type === 'text')
  const places = JSON.stringify(texts.map(([place]) => [schemas[place], positions[place]]))
  const ids: number[] = []
  for (let last = 0; texts.length > 0; ) {
    const batch = read(dataDir, ({ prepared }) => prepared(batchOfIds).get(last, places)) as {
      last: number | null
      ids: string
    }
    if (batch.last === null) break
    last = batch.last
    for (const id of batch.ids.split(',')) ids.push(Number(id))
  }
  return Float64Array.from(ids)
}
