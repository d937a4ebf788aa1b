// Removes objects that nobody needs: those of deleted uploads, and those that never got a row.

import { setTimeout as pause } from 'node:timers/promises'
import { log } from '@table/storage'
import type { Database } from './catalogue/database.ts'
import type { ObjectStore } from './objects/objectStore.ts'
import { deleteObjects, keyOf } from './objects/uploadObjects.ts'

/** How long objects stay that have no row, in s: a question or a download may read those of a deleted upload, a commit may be under way. */
export const KEPT = 24 * 3600

/** How often one of the servers looks for deleted uploads, in ms. */
const PERIOD = 10 * 60_000
/** How often the whole store is compared with the catalogue, in s. */
const LIST_PERIOD = 24 * 3600
/** How many uploads or objects are looked up in the catalogue at a time. */
const BATCH = 500

/** Whoever holds this lock removes objects. Any number that no other program uses. */
const SWEEP_LOCK = 7_462_002

interface Parts {
  database: Database
  objects: ObjectStore
}

/** Sweeps now and then until the signal is aborted. Of all servers one does. */
export async function keepSwept(parts: Parts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await pause(PERIOD * (0.5 + Math.random()), undefined, { signal, ref: false }).catch(() => {})
    if (signal.aborted) return
    try {
      await parts.database.alone(SWEEP_LOCK, () => sweep(parts))
    } catch (error) {
      log.warn(`objects that nobody needs stay for now: ${(error as Error).message}`)
    }
  }
}

/** Removes the objects of uploads that were deleted more than `kept` seconds ago, and, once a day, all objects of that age without a row. */
export async function sweep({ database, objects }: Parts, kept = KEPT): Promise<void> {
  await removeDeleted({ database, objects }, kept)
  const due = `UPDATE deployment SET swept_at = now() WHERE swept_at < now() - make_interval(secs => $1) RETURNING 1`
  if ((await database.rows(due, [Math.min(LIST_PERIOD, kept)])).length > 0)
    await removeStrays({ database, objects }, kept)
}

async function removeDeleted({ database, objects }: Parts, kept: number): Promise<void> {
  for (;;) {
    const gone = await database.rows<{ object: string; file: string | null }>(
      `SELECT object, file FROM removals WHERE NOT swept AND removed_at < now() - make_interval(secs => $1) LIMIT ${BATCH}`,
      [kept],
    )
    const names = gone.map(({ object }) => object)
    const files = gone.flatMap(({ file }) => file ?? [])
    for (const name of [...names, ...files]) await deleteObjects(objects, name)
    await database.rows('UPDATE removals SET swept = true WHERE object = ANY($1)', [names])
    if (names.length < BATCH) return
  }
}

async function removeStrays({ database, objects }: Parts, kept: number): Promise<void> {
  // The store's own clock says how old its objects are.
  const now = await objects.now()
  for (const format of ['csv', 'parquet'] as const) {
    let old: string[] = []
    const removeOld = async () => {
      const names = old
        .map(key => key.slice(format.length + 1, -format.length - 1))
        .filter(name => UUID.test(name))
      old = []
      const sql = `SELECT object FROM unnest($1::uuid[]) AS o (object)
        WHERE NOT EXISTS (SELECT FROM uploads u WHERE u.object = o.object)
        AND NOT EXISTS (SELECT FROM removals r WHERE r.object = o.object AND NOT r.swept)
        AND NOT EXISTS (SELECT FROM removals r WHERE r.file = o.object AND NOT r.swept)
        AND NOT EXISTS (SELECT FROM uploads u WHERE u.file = o.object)`
      for (const { object } of await database.rows<{ object: string }>(sql, [names]))
        await objects.delete(keyOf(object, format))
    }
    for await (const { key, modified } of objects.list(`${format}/`)) {
      if (modified >= now - kept) continue
      old.push(key)
      if (old.length === BATCH) await removeOld()
    }
    await removeOld()
  }
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
