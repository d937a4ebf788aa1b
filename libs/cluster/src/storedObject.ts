import {
  CHECKSUM_BYTES,
  Checksum,
  damagedFile,
  damagedUpload,
  type Format,
  StorageError,
} from '@table/storage'
import type { StoredFile } from '@table/table'
import type { FoundUpload } from './catalogue/rows.ts'
import type { ObjectStore } from './objects/objectStore.ts'
import { keyOf } from './objects/uploadObjects.ts'

/** Opens an object of an upload. Objects of deleted uploads stay for a while, so that whoever has begun can read to the end. */
export function storedObject(objects: ObjectStore, upload: FoundUpload, format: Format): StoredFile {
  const key = keyOf(upload.object, format)
  const bytes = format === 'csv' ? upload.csvBytes : upload.parquetBytes
  const sections = format === 'csv' ? [...upload.csvCuts, bytes] : [bytes]
  const checksums = upload.checksums[format]
  const read = (start: number, end: number) =>
    ofUpload(upload.id, format, objects.read(key, { start, end, bytes }))
  return {
    bytes,
    version: versionOf(bytes, checksums),
    range: read,
    async *parts() {
      let start = 0
      for (const [i, end] of sections.entries()) {
        const checksum = new Checksum()
        for await (const part of read(start, end)) {
          checksum.update(part)
          yield part
        }
        const expected = checksums.subarray(i * CHECKSUM_BYTES, (i + 1) * CHECKSUM_BYTES)
        if (Buffer.compare(checksum.digest(), expected) !== 0)
          throw damagedUpload(upload.id, format, damagedFile(key, 'has other bytes than when it was stored'))
        start = end
      }
    },
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
