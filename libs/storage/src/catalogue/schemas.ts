// The lists of columns of all uploads, each stored once. They are only on the disk, because names may take
// more room than there is memory.
import { createHash } from 'node:crypto'
import { StorageError } from '../errors.ts'
import type { Column, ColumnType } from '../schema.ts'
import { ColumnCensus } from './census.ts'
import { type Connection, change, read } from './connection.ts'
import { type Checked, damagedRow, type SchemaRow, schemaChecksum } from './tables.ts'
import type { UploadsSnapshot } from './uploadList.ts'

/**
 * The most bytes of JSON that all lists of columns may take together, because a sum may have to look through
 * all of them.
 */
export const MOST_COLUMN_BYTES = 256 * 1024 * 1024

/** Where the schemas have a column. This is plain data, so it can be sent to another thread. */
export interface ColumnPlaces {
  /** In ascending order. */
  schemas: Uint32Array
  /** The column's position in each of these schemas, from 0. */
  positions: Uint32Array
  /** How many columns each of these schemas has. */
  columns: Uint32Array
  /** The column's type in a schema where it is not int64, by the schema's place in `schemas`. */
  otherTypes: Map<number, ColumnType>
}

/** The list of columns that each thread stored last, because the next upload mostly has the same list. */
const last = new WeakMap<Connection, { columns: string; id: number }>()

/**
 * Returns the number of a list of columns, and stores the list if it is new. Call this in a transaction.
 * Throws StorageError `too-large`.
 */
export function schemaIdOf(connection: Connection, columns: readonly Column[]): { id: number; json: string } {
  const json = JSON.stringify(columns)
  const known = last.get(connection)
  if (known?.columns === json) return { id: known.id, json }
  const digest = createHash('sha256').update(json).digest()
  const found = connection.prepared('SELECT id FROM schemas WHERE digest = ?').get(digest)
  const id = found ? (found.id as number) : insertSchema(connection, json, digest)
  return { id, json }
}

/** Remembers a list. Call this after the transaction is committed. */
export function rememberSchema(connection: Connection, { id, json }: { id: number; json: string }): void {
  last.set(connection, { columns: json, id })
}

function insertSchema(connection: Connection, columns: string, digest: Uint8Array): number {
  const before = connection.prepared('SELECT id, total_bytes FROM schemas ORDER BY id DESC LIMIT 1').get() as
    | Pick<SchemaRow, 'id' | 'total_bytes'>
    | undefined
  const total = (before?.total_bytes ?? 0) + Buffer.byteLength(columns)
  if (total > MOST_COLUMN_BYTES)
    throw new StorageError(
      'too-large',
      `the column names of all uploads would take ${total} bytes, at most ${MOST_COLUMN_BYTES} are allowed: upload tables whose columns were uploaded before, or serve another data directory`,
    )
  const row = { id: (before?.id ?? 0) + 1, columns, digest, total_bytes: total }
  connection
    .prepared('INSERT INTO schemas (id, columns, digest, total_bytes, checksum) VALUES (?, ?, ?, ?, ?)')
    .run(row.id, columns, digest, total, schemaChecksum(row))
  return row.id
}

export function readSchema(dataDir: string, connection: Connection, id: number): readonly Column[] {
  const row = connection.prepared('SELECT * FROM schemas WHERE id = ?').get(id)
  if (!row) throw damagedRow(dataDir, `the row of schema ${id}`)
  return columnsOf(dataDir, row as unknown as SchemaRow & Checked)
}

function columnsOf(dataDir: string, row: SchemaRow & Checked): readonly Column[] {
  if (schemaChecksum(row) !== row.checksum) throw damagedRow(dataDir, `the row of schema ${row.id}`)
  return JSON.parse(row.columns)
}

export interface Census {
  census: ColumnCensus
  /** The numbers of the lists of columns that no upload has any more. */
  unused: number[]
}

/**
 * Reads every list of columns once, and counts the columns of the uploads in a list. Throws StorageError `damaged` if a row is damaged
 * or missing.
 */
export function takeCensus(dataDir: string, uploads: UploadsSnapshot): Census {
  const counts = new Map<number, number>()
  for (const { schema } of uploads) counts.set(schema, (counts.get(schema) ?? 0) + 1)
  const census = new ColumnCensus()
  const unused: number[] = []
  read(dataDir, ({ database }) => {
    for (const value of database.prepare('SELECT * FROM schemas').iterate()) {
      const row = value as unknown as SchemaRow & Checked
      const columns = columnsOf(dataDir, row)
      const count = counts.get(row.id)
      counts.delete(row.id)
      if (count === undefined) unused.push(row.id)
      else census.add(columns, count)
    }
  })
  if (counts.size > 0)
    for (const { id, schema } of uploads)
      if (counts.has(schema)) throw new StorageError('damaged', `upload ${id} has no columns`)
  return { census, unused }
}

/** Deletes lists of columns that no upload has, before any thread knows their numbers. */
export function dropSchemas(dataDir: string, ids: readonly number[]): void {
  if (ids.length === 0) return
  change(dataDir, 0, ({ prepared }) =>
    prepared('DELETE FROM schemas WHERE id IN (SELECT value FROM json_each(?))').run(JSON.stringify(ids)),
  )
}

/** Returns where all schemas have a column of this name. */
export function findColumn(dataDir: string, name: string): ColumnPlaces {
  return read(dataDir, ({ prepared }) => {
    // Parse only the lists that may have the column.
    const some = prepared('SELECT * FROM schemas WHERE instr(columns, ?) ORDER BY id')
    const rows = some.iterate(`"name":${JSON.stringify(name)}`) as Iterable<unknown>
    return columnPlacesOf(name, listsOf(dataDir, rows as Iterable<SchemaRow & Checked>))
  })
}

/** A list of columns with its number. */
interface NumberedColumns {
  id: number
  columns: readonly Column[]
}

function* listsOf(dataDir: string, rows: Iterable<SchemaRow & Checked>): Generator<NumberedColumns> {
  for (const row of rows) yield { id: row.id, columns: columnsOf(dataDir, row) }
}

/** Returns where these lists, in ascending order of their numbers, have a column. */
export function columnPlacesOf(name: string, lists: Iterable<NumberedColumns>): ColumnPlaces {
  const schemas: number[] = []
  const positions: number[] = []
  const counts: number[] = []
  const otherTypes: ColumnPlaces['otherTypes'] = new Map()
  for (const { id, columns } of lists) {
    const position = columns.findIndex(column => column.name === name)
    if (position < 0) continue
    const { type } = columns[position]
    if (type !== 'int64') otherTypes.set(schemas.length, type)
    schemas.push(id)
    positions.push(position)
    counts.push(columns.length)
  }
  return {
    schemas: Uint32Array.from(schemas),
    positions: Uint32Array.from(positions),
    columns: Uint32Array.from(counts),
    otherTypes,
  }
}
