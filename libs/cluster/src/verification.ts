// Reads every object and compares it with what was uploaded.
import { type Format, StorageError } from '@table/storage'
import { tagOf } from './catalogue/particulars.ts'
import { findUpload } from './catalogue/rows.ts'
import { Schemas } from './catalogue/schemas.ts'
import type { Cluster } from './cluster.ts'
import { expectObjects, type StoredObject } from './expectedObjects.ts'
import { keyOf } from './objects/uploadObjects.ts'
import { storedObject } from './storedObject.ts'

/** An object that is missing or has changed since it was stored. */
export interface ObjectDamage {
  id: number
  /** Names the format and what is wrong. */
  problem: string
}

interface Row {
  id: number
  object: string
  csv_bytes: number
  csv_etag: string
  parquet_bytes: number
  parquet_etag: string
  stored_at: number
}

/** How many uploads are looked up in the catalogue at a time. */
const BATCH = 1000
const formats = ['csv', 'parquet'] as const

/** Yields how many bytes were read since the last yield, or a damage. Servers may run meanwhile. */
export async function* verifyObjects({
  database,
  objects,
}: Pick<Cluster, 'database' | 'objects'>): AsyncGenerator<number | ObjectDamage, void, undefined> {
  const schemas = new Schemas(database)
  for (let last = 0; ; ) {
    const sql = `SELECT id, coalesce(file, object) AS object, csv_bytes, csv_etag, parquet_bytes, parquet_etag, stored_at
      FROM uploads WHERE id > $1 ORDER BY id LIMIT ${BATCH}`
    const rows = await database.rows<Row>(sql, [last])
    const unread = { csv: new Set<number>(), parquet: new Set<number>() }
    for (const { id } of rows) {
      const upload = await findUpload(database, schemas, id)
      for (const format of formats) {
        if (!upload) continue
        try {
          for await (const part of storedObject(objects, upload, format).parts()) yield part.length
        } catch (error) {
          unread[format].add(id)
          yield damageOf(id, error)
        }
      }
    }
    for (const format of formats) {
      const read = rows.filter(({ id }) => !unread[format].has(id)).map(row => storedAs(row, format))
      yield* changedObjects(objects, format, read)
    }
    if (rows.length < BATCH) return
    last = rows.at(-1)?.id ?? last
  }
}

/** Yields the objects with the right bytes that the store has got later than the catalogue says: a sum takes them for changed. */
async function* changedObjects(
  objects: Cluster['objects'],
  format: Format,
  wanted: readonly StoredObject[],
): AsyncGenerator<ObjectDamage> {
  try {
    await expectObjects(objects, format, wanted, new AbortController().signal)
  } catch (error) {
    const [first] = wanted
    const damage = damageOf(first?.id ?? 0, error)
    const half = wanted.length >> 1
    if (half === 0) yield damage
    else
      for (const part of [wanted.slice(0, half), wanted.slice(half)])
        yield* changedObjects(objects, format, part)
  }
}

function damageOf(id: number, error: unknown): ObjectDamage {
  if (!(error instanceof StorageError && error.code === 'damaged')) throw error
  return { id, problem: error.forClients }
}

function storedAs(row: Row, format: Format): StoredObject {
  return {
    id: row.id,
    key: keyOf(row.object, format),
    bytes: format === 'csv' ? row.csv_bytes : row.parquet_bytes,
    tag: tagOf(format === 'csv' ? row.csv_etag : row.parquet_etag),
    storedAt: row.stored_at,
  }
}
