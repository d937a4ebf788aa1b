// Compares the objects of uploads with what was stored. A list of the store tells of a thousand objects at once.
import { damagedFile, damagedUpload, type Format } from '@table/storage'
import { tagOf } from './catalogue/particulars.ts'
import type { ObjectStore } from './objects/objectStore.ts'

/** An object of an upload as it was stored. */
export interface StoredObject {
  id: number
  key: string
  bytes: number
  /** See `tagOf`. */
  tag: bigint
  /** By the store's clock, in s since 1970; 0 if it did not say. */
  storedAt: number
}

/** A store may say when an object came a second later than it answered. */
const CLOCK_STEP = 1

/** The tag of a store that says none. */
const NO_TAG = tagOf('')

/** Throws StorageError `damaged`, with the upload, if one of these objects is missing or has other bytes than when it was stored. */
export async function expectObjects(
  store: ObjectStore,
  format: Format,
  objects: readonly StoredObject[],
  signal: AbortSignal,
): Promise<void> {
  const missing = new Map(objects.map(object => [object.key, object]))
  const keys = [...missing.keys()].sort()
  const [first, last] = [keys[0], keys.at(-1)]
  if (first === undefined || last === undefined) return
  for await (const { key, bytes, etag, modified } of store.list(`${format}/`, { from: first, signal })) {
    if (key > last) break
    const stored = missing.get(key)
    if (!stored) continue
    missing.delete(key)
    const isOther =
      (stored.tag !== NO_TAG && etag !== '' && tagOf(etag) !== stored.tag) ||
      (stored.storedAt > 0 && modified > stored.storedAt + CLOCK_STEP)
    if (bytes !== stored.bytes) throw changed(stored, format, `has ${bytes} bytes, expected ${stored.bytes}`)
    if (isOther) throw changed(stored, format, 'has other bytes than when it was stored')
  }
  const [lost] = missing.values()
  if (lost) throw changed(lost, format, 'is missing')
}

function changed({ id, key }: StoredObject, format: Format, problem: string): Error {
  return damagedUpload(id, format, damagedFile(key, problem))
}
