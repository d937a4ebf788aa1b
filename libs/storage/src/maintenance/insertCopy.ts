import { insertUpload, type Particulars } from '../catalogue/database.ts'
import type { NewUpload } from '../catalogue/upload.ts'
import { StorageError } from '../errors.ts'
import { removeFile, renameFile, syncPath } from '../files.ts'
import { filesDirectory, formats, incomingFile, storedFile } from '../paths.ts'

/**
 * Commits an upload whose two files were copied to `incoming/`, where they are synced, from another place that has converted and checked them.
 * The caller holds the directory. Throws StorageError `invalid`, and leaves nothing of the upload, if another upload has its upload id.
 */
export function insertCopy(dataDir: string, upload: NewUpload, particulars: Particulars): void {
  for (const format of formats)
    renameFile(incomingFile(dataDir, upload.id, format), storedFile(dataDir, upload.id, format))
  syncPath(filesDirectory(dataDir))
  if (insertUpload(dataDir, upload, particulars)) return
  for (const format of formats) removeFile(storedFile(dataDir, upload.id, format))
  throw new StorageError('invalid', `another upload in ${dataDir} has the upload id of upload ${upload.id}`)
}
