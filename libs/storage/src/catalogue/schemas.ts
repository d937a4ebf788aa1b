// The lists of columns of all uploads, each once. They are on the disk alone: names may take more room than there is memory.
import { createHash } from 'node:crypto'
import { StorageError } from '../errors.ts'
import type { Column, ColumnType } from '../schema.ts'
import { type Connection, read } from './connection.ts'
import { type Checked, damagedRow, type SchemaRow, schemaChecksum } from './tables.ts'

/** What all lists of columns may take together, in bytes of JSON: a sum may have to look through all of them. */
const MAX_BYTES = 256 * 1024 * 1024

/** Where the schemas have a column. Plain data: it crosses threads. */
export interface ColumnPlaces {
  /** Ascending. */
  schemas: Uint32Array
  /** Of the column in the schema of the same place, from 0. */
  positions: Uint32Array
  /** How many columns that schema has. */
  columns: Uint32Array
  /** Of the column there, where it is not int64, by place. */
  otherTypes: Map<number, ColumnType>
}

/** The list of columns that each thread stored last, for the next upload mostly has the same. */
const last = new WeakMap<Connection, { columns: string; id: number }>()

/** The number of a list of columns, which is stored if it is new. In a transaction. Throws StorageError `too-large`. */
export function schemaIdOf(connection: Connection, columns: readonly Column[]): { id: number; json: string } {
  const json = JSON.stringify(columns)
  const known = last.get(connection)
  if (known?.columns === json) return { id: known.id, json }
  const digest = createHash('sha256').update(json).digest()
  const found = connection.prepared('SELECT id FROM schemas WHERE digest = ?').get(digest)
  const id = found ? (found.id as number) : insertSchema(connection, json, digest)
  return { id, json }
}

/** To be called when the transaction is committed. */
export function rememberSchema(connection: Connection, { id, json }: { id: number; json: string }): void {
  last.set(connection, { columns: json, id })
}

function insertSchema(connection: Connection, columns: string, digest: Uint8Array): number {
  const before = connection.prepared('SELECT id, total_bytes FROM schemas ORDER BY id DESC LIMIT 1').get() as
    | Pick<SchemaRow, 'id' | 'total_bytes'>
    | undefined
  const total = (before?.total_bytes ?? 0) + Buffer.byteLength(columns)
  if (total > MAX_BYTES)
    throw new StorageError(
      'too-large',
      `the column names of all uploads would take ${total} bytes, at most ${MAX_BYTES} are allowed: upload tables whose columns were uploaded before, or serve another data directory`,
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

/** Throws StorageError `damaged` if a row of a schema is not what was written. Returns the numbers of all schemas. */
export function checkSchemas(dataDir: string): Set<number> {
  return read(dataDir, ({ database }) => {
    const ids = new Set<number>()
    for (const row of database.prepare('SELECT * FROM schemas').iterate()) {
      columnsOf(dataDir, row as unknown as SchemaRow & Checked)
      ids.add(row.id as number)
    }
    return ids
  })
}

/** Where all schemas have a column of this name. */
export function findColumn(dataDir: string, name: string): ColumnPlaces {
  return read(dataDir, ({ prepared }) => {
    const schemas: number[] = []
    const positions: number[] = []
    const counts: number[] = []
    const otherTypes: ColumnPlaces['otherTypes'] = new Map()
    // Only those are parsed that can have it.
    const some = prepared('SELECT * FROM schemas WHERE instr(columns, ?) ORDER BY id')
    for (const row of some.iterate(`"name":${JSON.stringify(name)}`)) {
      const columns = columnsOf(dataDir, row as unknown as SchemaRow & Checked)
      const position = columns.findIndex(column => column.name === name)
      if (position < 0) continue
      const { type } = columns[position]
      if (type !== 'int64') otherTypes.set(schemas.length, type)
      schemas.push(row.id as number)
      positions.push(position)
      counts.push(columns.length)
    }
    return {
      schemas: Uint32Array.from(schemas),
      positions: Uint32Array.from(positions),
      columns: Uint32Array.from(counts),
      otherTypes,
    }
  })
}
