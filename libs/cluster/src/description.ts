import {
  type Column,
  descriptionOf,
  type FootersTask,
  mergeExtents,
  StorageError,
  takePieces,
  type UploadRuns,
  type UploadsExtent,
} from '@table/storage'
import type { Description } from '@table/table'
import { decodeExtents } from './catalogue/extents.ts'
import type { Cluster } from './cluster.ts'

/** How many runs of uploads are read from the catalogue at once. */
const READS = 2
/** How many uploads are read from the catalogue at a time. An upload with many columns says much. */
const UPLOADS = 64

/** How often the table is described again because an upload was deleted meanwhile. */
const MOST_TRIES = 10

/** Returns what is in the table. The catalogue keeps what the footers say, so no object is read. */
export async function description(
  cluster: Cluster,
  runs: UploadRuns,
  most: { columns: number; bytes: number },
): Promise<Description> {
  let before: number | undefined
  for (let tries = 0; tries < MOST_TRIES; tries++) {
    const { uploads, named } = await cluster.uploads.described(most.columns, most.bytes)
    const names = named.more > 0 ? named.columns.map(({ name }) => name) : undefined
    const found = await runs.extentOf(uploads, names, READS, task => readExtents(cluster, task))
    if (found.rows === uploads.rows) return descriptionOf(uploads, named, found)
    if (uploads.version === before) throw incomplete(found.rows, uploads.rows)
    // An upload was deleted meanwhile, with what the catalogue knew of it.
    before = uploads.version
  }
  const forClients = 'uploads are being deleted, one after the other: try again later'
  throw new StorageError('unusable', forClients, { forClients })
}

function incomplete(found: number, expected: number): StorageError {
  const forClients = `the catalogue tells of ${found} rows in all uploads, expected ${expected}`
  return new StorageError('damaged', forClients, { forClients })
}

async function readExtents(
  { database, uploads }: Cluster,
  { files, names }: FootersTask,
): Promise<UploadsExtent> {
  const wanted = names && new Set(names)
  const total: UploadsExtent = { rows: 0, columns: new Map() }
  const ids = Array.from(takePieces(files), ({ id }) => id)
  while (ids.length > 0) {
    const rows = await database.rows<{ schema: number; shownBytes: number; rows: number; extents: string }>(
      `SELECT u.schema, s.shown_bytes AS "shownBytes", u.rows, e.columns AS extents
       FROM uploads u JOIN schemas s ON s.id = u.schema JOIN extents e ON e.upload = u.id WHERE u.id = ANY($1)`,
      [ids.splice(0, UPLOADS)],
    )
    for await (const { row, columns } of uploads.schemas.each(rows)) {
      total.rows += row.rows
      add(total, columns, row, wanted)
    }
  }
  return total
}

function add(
  { columns: total }: UploadsExtent,
  columns: readonly Column[],
  { rows, extents }: { rows: number; extents: string },
  wanted: ReadonlySet<string> | undefined,
): void {
  for (const { name, extent } of decodeExtents(columns, rows, extents)) {
    if (wanted && !wanted.has(name)) continue
    const known = total.get(name)
    total.set(name, known ? mergeExtents(known, extent) : extent)
  }
}
