// A client that does not know whether its upload was stored sends the upload again, and it is stored once:
// the client gives it a UUID, which only one row of the catalogue can have.

import { uuidText } from '@table/table'
import { findUploadId } from '../catalogue/database.ts'
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
  const { upload, checksums } = found
  if (hasSameBytes(csv, { ...upload, checksums: checksums.csv })) return upload
  throw otherBytes(uploadId, upload)
}

/** Returns whether a CSV has the bytes of an upload, which these checksums are of. */
export function hasSameBytes(
  path: string,
  { csvBytes, csvCuts, checksums }: Pick<Upload, 'csvBytes' | 'csvCuts'> & { checksums: Uint8Array },
): boolean {
  const file = openFile(path)
  try {
    if (file.size !== csvBytes) return false
    const check = checkSections(file, csvCuts, checksums)
    for (;;) {
      const { done, value } = check.next()
      if (done) return value
    }
  } finally {
    closeFile(file)
  }
}

/** Refuses an upload whose id was given to other bytes before. */
export function otherBytes(
  uploadId: UploadId,
  { id, receivedAt }: Pick<Upload, 'id' | 'receivedAt'>,
): StorageError {
  return new StorageError(
    'invalid',
    `upload-id ${uuidText(uploadId)}: other bytes were uploaded under it (upload ${id}, received ${receivedAt}): give other data an id of its own`,
  )
}
