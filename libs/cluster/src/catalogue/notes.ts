// The notes about text columns that look like numbers.
import type { ColumnPlaces, Misfit, NotedTexts } from '@table/storage'
import type { Database } from './database.ts'

interface Note {
  line: number | null
  value: string | null
}

/** How many notes are read at a time. */
const NOTES = 10_000

/** Returns the uploads that have a note about a column that is text there, in ascending order. */
export async function notedTexts(
  database: Database,
  { schemas, positions, otherTypes }: ColumnPlaces,
): Promise<NotedTexts> {
  const places = Array.from(otherTypes).flatMap(([place, type]) => (type === 'text' ? [place] : []))
  const integers: number[] = []
  const misfits: number[] = []
  for (let last = 0; places.length > 0; ) {
    const notes = await database.rows<Note & { upload: number }>(
      `SELECT n.upload, n.line FROM notes n JOIN uploads u ON u.id = n.upload
         JOIN unnest($1::integer[], $2::integer[]) AS p (schema, position) ON p.schema = u.schema AND p.position = n.position
       WHERE n.upload > $3 ORDER BY n.upload LIMIT ${NOTES}`,
      [places.map(place => schemas[place]), places.map(place => positions[place]), last],
    )
    for (const { upload, line } of notes) (line === null ? integers : misfits).push(upload)
    if (notes.length < NOTES) break
    last = notes.at(-1)?.upload ?? last
  }
  return { integers: Float64Array.from(integers), misfits: Float64Array.from(misfits) }
}

/** Returns all notes about an upload. */
export async function readNotes(
  database: Database,
  upload: number,
): Promise<{ position: number; misfit: Misfit | undefined }[]> {
  const notes = await database.rows<Note & { position: number }>(
    'SELECT position, line, value FROM notes WHERE upload = $1 ORDER BY position',
    [upload],
  )
  return notes.map(({ position, ...note }) => ({ position, misfit: misfitOf(note) }))
}

/** Returns the note about a column of an upload, if there is one. */
export async function readNote(
  database: Database,
  upload: number,
  position: number,
): Promise<{ misfit: Misfit | undefined } | undefined> {
  const [note] = await database.rows<Note>(
    'SELECT line, value FROM notes WHERE upload = $1 AND position = $2',
    [upload, position],
  )
  return note && { misfit: misfitOf(note) }
}

function misfitOf({ line, value }: Note): Misfit | undefined {
  return line === null ? undefined : { line, value: JSON.parse(value ?? '""') }
}
