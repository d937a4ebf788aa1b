// A client that does not know whether its upload was stored sends the upload again, and it is stored once:
// the client gives it a UUID, which only one row of the catalogue can have.

import { findUploadId, readChecksums } from '../catalogue/database.ts'
import type { Upload } from '../catalogue/upload.ts'
import { checkSections } from '../csv/sections.ts'
import { StorageError } from '../errors.ts'
import { closeFile, openFile } from '../files.ts'

/** A UUID in 16 bytes. */
export type UploadId = Uint8Array

/**
 * Returns the upload that was committed under an id, if `csv` has the same bytes. Throws StorageError
 * `invalid` if the bytes differ.
 */
export function findFirstUpload(dataDir: string, uploadId: UploadId, csv: string): Upload {
  const upload = findUploadId(dataDir, uploadId)
  if (!upload) throw new Error(`the upload-id ${uuidOf(uploadId)} was taken and then was not`)
  if (hasSameBytes(dataDir, upload, csv)) return upload
  const { id, receivedAt } = upload
  throw new StorageError(
    'invalid',
    `upload-id ${uuidOf(uploadId)}: other bytes were uploaded under it (upload ${id}, received ${receivedAt}): give other data an id of its own`,
  )
}

function hasSameBytes(dataDir: string, { id, csvBytes, csvCuts }: Upload, csv: string): boolean {
  const file = openFile(csv)
  try {
    if (file.size !== csvBytes) return false
    const check = checkSections(file, csvCuts, readChecksums(dataDir, id).csv)
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
