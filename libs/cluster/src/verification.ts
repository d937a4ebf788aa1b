// Reads every object and compares it with what was uploaded.
import { type Format, StorageError } from '@table/storage'
import { tagOf } from './catalogue/particulars.ts'
import { type FoundUpload, findUpload } from './catalogue/rows.ts'
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
    const sql = `SELECT id FROM uploads WHERE id > $1 ORDER BY id LIMIT ${BATCH}`
    const ids = await database.rows<{ id: number }>(sql, [last])
    const whole: Record<Format, StoredObject[]> = { csv: [], parquet: [] }
    for (const { id } of ids) {
      const upload = await findUpload(database, schemas, id)
      for (const format of formats) {
        if (!upload) continue
        try {
          for await (const part of storedObject(objects, upload, format).parts()) yield part.length
          whole[format].push(storedAs(upload, format))
        } catch (error) {
          yield damageOf(id, error)
        }
      }
    }
    for (const format of formats) yield* changedObjects(objects, format, whole[format])
    if (ids.length < BATCH) return
    last = ids.at(-1)?.id ?? last
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

function storedAs(upload: FoundUpload, format: Format): StoredObject {
  return {
    id: upload.id,
    key: keyOf(upload.object, format),
    bytes: format === 'csv' ? upload.csvBytes : upload.parquetBytes,
    tag: tagOf(upload.etags[format]),
    storedAt: upload.storedAt,
  }
}
