// The notes about text columns that look like numbers. Notes need no checksum, because a sum reads every field, whatever a note says.
import type { Cancellation } from '../cancellation.ts'
import { findMisfit, type Misfit } from '../csv/misfit.ts'
import type { TextNote } from '../csv/textNotes.ts'
import { storedFile } from '../paths.ts'
import { type Connection, read } from './connection.ts'
import { IdSet } from './idSet.ts'
import type { ColumnPlaces } from './schemas.ts'

/** Replaces the notes of an upload. Must be called in a transaction. */
export function replaceNotes(connection: Connection, upload: number, notes: readonly TextNote[]): void {
  connection.prepared('DELETE FROM notes WHERE upload = ?').run(upload)
  insertNotes(connection, upload, notes)
}

/** Must be called in a transaction. */
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
 * Returns the misfit of a column of an upload, or undefined if every field is an integer or empty. Reads the CSV if the catalogue has no
 * note: up to the misfit, which is near the start in a column of words.
 */
export function misfitOf(
  dataDir: string,
  { id, ...column }: { id: number; columnIndex: number; columns: number; bytes?: number },
  cancellation?: Cancellation,
): Misfit | undefined {
  const note = readNote(dataDir, id, column.columnIndex)
  return note ? note.misfit : findMisfit(storedFile(dataDir, id, 'csv'), column, cancellation)
}

/** Returns undefined if the column does not look like numbers, or if a version before schema 4 stored the upload. */
function readNote(dataDir: string, upload: number, position: number): TextNote | undefined {
  const row = read(dataDir, ({ prepared }) =>
    prepared('SELECT line, value FROM notes WHERE upload = ? AND position = ?').get(upload, position),
  ) as NoteRow | undefined
  return row && { position, misfit: misfitIn(row) }
}

/** Returns all notes about an upload. */
export function readNotes(dataDir: string, upload: number): TextNote[] {
  const rows = read(dataDir, ({ prepared }) =>
    prepared('SELECT position, line, value FROM notes WHERE upload = ?').all(upload),
  ) as (NoteRow & { position: number })[]
  return rows.map(row => ({ position: row.position, misfit: misfitIn(row) }))
}

type NoteRow = { line: number; value: string } | { line: null; value: null }

function misfitIn({ line, value }: NoteRow): Misfit | undefined {
  return line === null ? undefined : { line, value }
}

/** The ids of the uploads with a note about a column, ascending. Plain data, which can cross threads. */
export interface NotedTexts {
  /** The column holds integers and nulls alone, so that it has a sum. */
  integers: Float64Array
  /** The column has a misfit. */
  misfits: Float64Array
}

/** Returns the uploads that have a note about a column that is text there. An upload without a note is in neither list. */
export function notedTexts(dataDir: string, { schemas, positions, otherTypes }: ColumnPlaces): NotedTexts {
  const texts = Array.from(otherTypes).filter(([, type]) => type === 'text')
  const places = JSON.stringify(texts.map(([place]) => [schemas[place], positions[place]]))
  const ids = (condition: string) =>
    texts.length === 0 ? new Float64Array() : Float64Array.from(eachNoted(dataDir, places, condition))
  return { integers: ids('n.line IS NULL'), misfits: ids('n.line IS NOT NULL') }
}

/** Tells of an upload whether its column holds integers alone; undefined if there is no note. */
export function textIntegersOf({ integers, misfits }: NotedTexts): (id: number) => boolean | undefined {
  const setOf = (ids: Float64Array) => {
    const set = new IdSet()
    for (const id of ids) set.add(id)
    return set
  }
  const [fine, spoiled] = [setOf(integers), setOf(misfits)]
  return id => fine.has(id) || (spoiled.has(id) ? false : undefined)
}

/** Ids are read in batches, because reading them one by one takes twice as long. */
const BATCH = 4096

/** `places` is JSON of pairs: a schema and the position of the column in that schema. */
function* eachNoted(dataDir: string, places: string, condition: string): Generator<number> {
  const batch = `
    SELECT max(upload) AS last, group_concat(upload) AS ids FROM
      (SELECT n.upload FROM notes n JOIN uploads u ON u.id = n.upload
       WHERE n.upload > ? AND ${condition} AND (u.schema, n.position) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))
       ORDER BY n.upload LIMIT ${BATCH})`
  for (let last = 0; ; ) {
    const found = read(dataDir, ({ prepared }) => prepared(batch).get(last, places)) as {
      last: number | null
      ids: string
    }
    if (found.last === null) return
    last = found.last
    for (const id of found.ids.split(',')) yield Number(id)
  }
}
