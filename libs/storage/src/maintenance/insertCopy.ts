import { findUpload, insertUpload, type Particulars } from '../catalogue/database.ts'
import type { NewUpload } from '../catalogue/upload.ts'
import { renameFile, syncPath } from '../files.ts'
import { filesDirectory, formats, incomingFile, storedFile } from '../paths.ts'

/** Returns whether a directory has an upload of this number. */
export function hasUpload(dataDir: string, id: number): boolean {
  return findUpload(dataDir, id) !== undefined
}

/**
 * Commits an upload whose two files were copied to `incoming/`, where they are synced, from another place that has converted and checked them.
 * The caller holds the directory.
 */
export function insertCopy(dataDir: string, upload: NewUpload, particulars: Particulars): void {
  for (const format of formats)
    renameFile(incomingFile(dataDir, upload.id, format), storedFile(dataDir, upload.id, format))
  syncPath(filesDirectory(dataDir))
  insertUpload(dataDir, upload, particulars)
}
