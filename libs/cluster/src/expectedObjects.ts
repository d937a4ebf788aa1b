// Compares the objects of uploads with what was stored. A list of the store tells of a thousand objects at once.
import { damagedFile, damagedUpload, type Format } from '@table/storage'
import { tagOf } from './catalogue/particulars.ts'
import type { ListedObject } from './objects/listing.ts'
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

/** After so many objects that are not expected, as many as a list of the store has, the next list begins at an expected one. */
const MOST_OTHERS = 1000

/** Throws StorageError `damaged`, with the upload, if one of these objects is missing or has other bytes than when it was stored. */
export async function expectObjects(
  store: ObjectStore,
  format: Format,
  objects: readonly StoredObject[],
  signal: AbortSignal,
): Promise<void> {
  const sorted = objects.toSorted((one, other) => (one.key < other.key ? -1 : 1))
  let found = 0
  for (let before = -1; found < sorted.length; ) {
    const next = sorted[found] as StoredObject
    // Nothing was found from this object on.
    if (before === found) throw changed(next, format, 'is missing')
    before = found
    let others = 0
    for await (const listed of store.list(`${format}/`, { from: next.key, signal })) {
      const expected = sorted[found] as StoredObject
      if (listed.key > expected.key) throw changed(expected, format, 'is missing')
      if (listed.key < expected.key) {
        if (++others === MOST_OTHERS) break
        continue
      }
      expectSame(expected, listed, format)
      others = 0
      if (++found === sorted.length) break
    }
  }
}

function expectSame(stored: StoredObject, { bytes, etag, modified }: ListedObject, format: Format): void {
  const isOther =
    (stored.tag !== NO_TAG && etag !== '' && tagOf(etag) !== stored.tag) ||
    (stored.storedAt > 0 && modified > stored.storedAt + CLOCK_STEP)
  if (bytes !== stored.bytes) throw changed(stored, format, `has ${bytes} bytes, expected ${stored.bytes}`)
  if (isOther) throw changed(stored, format, 'has other bytes than when it was stored')
}

function changed({ id, key }: StoredObject, format: Format, problem: string): Error {
  return damagedUpload(id, format, damagedFile(key, problem))
}
