import { Checksum, damagedUpload, type Format, StorageError } from '@table/storage'
import type { StoredFile } from '@table/table'
import type { FoundUpload } from './catalogue/rows.ts'
import { checkedParts } from './objects/checkedParts.ts'
import type { ObjectStore } from './objects/objectStore.ts'
import { keyOf } from './objects/uploadObjects.ts'

/** Opens an object of an upload. Objects of deleted uploads stay for a while, so that whoever has begun can read to the end. */
export function storedObject(objects: ObjectStore, upload: FoundUpload, format: Format): StoredFile {
  const key = keyOf(upload.object, format)
  const bytes = format === 'csv' ? upload.csvBytes : upload.parquetBytes
  const ends = format === 'csv' ? [...upload.csvCuts, bytes] : [bytes]
  const checksums = upload.checksums[format]
  const read = (start: number, end: number) => objects.read(key, { start, end, bytes })
  return {
    bytes,
    version: versionOf(bytes, checksums),
    range: (start, end) => ofUpload(upload.id, format, read(start, end)),
    parts: () => ofUpload(upload.id, format, checkedParts(key, ends, checksums, read)),
    close: () => Promise.resolve(),
  }
}

/** Names the upload in errors about its object. */
async function* ofUpload(
  id: number,
  format: Format,
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* parts
  } catch (error) {
    throw error instanceof StorageError && error.code === 'damaged' ? damagedUpload(id, format, error) : error
  }
}

function versionOf(bytes: number, checksums: Uint8Array): string {
  const checksum = new Checksum()
  checksum.update(checksums)
  return `${bytes.toString(16)}-${Buffer.from(checksum.digest()).toString('hex')}`
}
