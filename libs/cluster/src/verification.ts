// Reads every object and compares it with what was uploaded.
import { StorageError } from '@table/storage'
import { findUpload } from './catalogue/rows.ts'
import { Schemas } from './catalogue/schemas.ts'
import type { Cluster } from './cluster.ts'
import { storedObject } from './storedObject.ts'

/** An object that is missing or has changed since it was stored. */
export interface ObjectDamage {
  id: number
  /** Names the format and what is wrong. */
  problem: string
}

/** How many uploads are looked up in the catalogue at a time. */
const BATCH = 1000

/** Yields how many bytes were read since the last yield, or a damage. Servers may run meanwhile. */
export async function* verifyObjects({
  database,
  objects,
}: Pick<Cluster, 'database' | 'objects'>): AsyncGenerator<number | ObjectDamage, void, undefined> {
  const schemas = new Schemas(database)
  for (let last = 0; ; ) {
    const sql = `SELECT id FROM uploads WHERE id > $1 ORDER BY id LIMIT ${BATCH}`
    const ids = await database.rows<{ id: number }>(sql, [last])
    for (const { id } of ids) {
      const upload = await findUpload(database, schemas, id)
      for (const format of ['csv', 'parquet'] as const) {
        if (!upload) continue
        try {
          for await (const part of storedObject(objects, upload, format).parts()) yield part.length
        } catch (error) {
          if (!(error instanceof StorageError && error.code === 'damaged')) throw error
          yield { id, problem: error.forClients }
        }
      }
    }
    if (ids.length < BATCH) return
    last = ids.at(-1)?.id ?? last
  }
}
