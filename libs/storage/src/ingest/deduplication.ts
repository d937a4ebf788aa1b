// A client that does not know whether its upload was stored sends the upload again, and it is stored once:
// the client gives it a UUID, which only one row of the catalogue can have.

import { type FoundUpload, findUploadId } from '../catalogue/database.ts'
import type { Upload } from '../catalogue/upload.ts'
import { checkSections } from '../csv/sections.ts'
import { StorageError } from '../errors.ts'
import { closeFile, openFile } from '../files.ts'

/** A UUID in 16 bytes. */
export type UploadId = Uint8Array

/**
 * Returns the upload that was committed under an id, if `csv` has the same bytes; undefined if it has been deleted meanwhile. Throws
 * StorageError `invalid` if the bytes differ.
 */
export function findFirstUpload(dataDir: string, uploadId: UploadId, csv: string): Upload | undefined {
  const found = findUploadId(dataDir, uploadId)
  if (!found) return undefined
  if (hasSameBytes(found, csv)) return found.upload
  const { id, receivedAt } = found.upload
  throw new StorageError(
    'invalid',
    `upload-id ${uuidOf(uploadId)}: other bytes were uploaded under it (upload ${id}, received ${receivedAt}): give other data an id of its own`,
  )
}

function hasSameBytes({ upload: { csvBytes, csvCuts }, checksums }: FoundUpload, csv: string): boolean {
  const file = openFile(csv)
  try {
    if (file.size !== csvBytes) return false
    const check = checkSections(file, csvCuts, checksums.csv)
    for (;;) {
      const { done, value } = check.next()
      if (done) return value
    }
  } finally {
    closeFile(file)
  }
}

function uuidOf(uploadId: UploadId): string {
  return Buffer.from(uploadId)
    .toString('hex')
    .replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}
