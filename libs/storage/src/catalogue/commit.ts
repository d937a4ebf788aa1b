import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { convertCsv } from '../convert.ts'
import { fileSize, removeFile, renameFile, syncPath } from '../files.ts'
import { findUpload, insertUpload } from './database.ts'
import { filesDirectory, formats, incomingFile, storedFile } from './names.ts'
import type { Upload } from './upload.ts'

/**
 * Turns the received `incoming/<id>.csv` into a committed upload: its files are on the disk under their final names
 * before its row is, so a row always has its files. On any error nothing of the upload is left.
 */
export function commitUpload(
  dataDir: string,
  id: number,
  receivedAt: string,
  cancellation?: Cancellation,
): Upload {
  const csv = incomingFile(dataDir, id, 'csv')
  const parquet = incomingFile(dataDir, id, 'parquet')
  const made = [csv, parquet]
  try {
    const { rows, columns, parquetBytes } = convertCsv(csv, parquet, cancellation)
    const csvBytes = fileSize(csv) ?? 0
    syncPath(csv)
    syncPath(parquet)
    throwIfCancelled(cancellation)
    for (const format of formats) {
      const stored = storedFile(dataDir, id, format)
      renameFile(incomingFile(dataDir, id, format), stored)
      made.push(stored)
    }
    syncPath(filesDirectory(dataDir))
    const upload: Upload = { id, receivedAt, rows, csvBytes, parquetBytes, columns }
    insertUpload(dataDir, upload)
    return upload
  } catch (error) {
    removeAll(made)
    throw error
  }
}

/**
 * What became of an upload whose worker died in `commitUpload`: the upload, if its row was committed; otherwise
 * undefined, and what was left of it is removed. Only after that worker has ended.
 */
export function settleUpload(dataDir: string, id: number): Upload | undefined {
  const upload = findUpload(dataDir, id)
  if (upload === undefined)
    removeAll(formats.flatMap(format => [incomingFile(dataDir, id, format), storedFile(dataDir, id, format)]))
  return upload
}

function removeAll(paths: readonly string[]): void {
  for (const path of paths)
    try {
      removeFile(path)
    } catch {
      // The caller needs the error that came first. What stays, the next start removes.
    }
}
