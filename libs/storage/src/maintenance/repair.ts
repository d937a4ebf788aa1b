import { closeDatabase } from '../catalogue/connection.ts'
import { updateParquet } from '../catalogue/database.ts'
import { openCatalogue } from '../catalogue/opening.ts'
import type { Upload } from '../catalogue/upload.ts'
import { takeDirectoryLock } from '../directory/directoryLock.ts'
import { finishRemovals } from '../directory/removal.ts'
import { discardFile, makeDirectory, renameFile, syncPath } from '../files.ts'
import { type Converted, convertStoredCsv } from '../ingest/convert.ts'
import { restoreUnsynced } from '../ingest/smallUploads.ts'
import { withStoredLimits } from '../limits.ts'
import { filesDirectory, incomingDirectory, incomingFile, storedFile } from '../paths.ts'
import type { Column } from '../schema.ts'

/**
 * Locks a data directory for repairs until the returned function is called, and writes the files of small
 * uploads that a crash lost. Throws StorageError `unusable` if a server has the directory open.
 */
export function beginRepair(dataDir: string, say: (line: string) => void = console.error): () => void {
  const release = takeDirectoryLock(dataDir)
  const end = () => {
    closeDatabase(dataDir)
    release()
  }
  try {
    makeDirectory(incomingDirectory(dataDir))
    openCatalogue(dataDir, say)
    finishRemovals(dataDir)
    restoreUnsynced(dataDir)
    return end
  } catch (error) {
    end()
    throw error
  }
}

/** Writes the Parquet file of an upload with these columns again, whatever the limits are now. */
export function convertAgain(csvPath: string, parquetPath: string, columns: readonly Column[]): Converted {
  return withStoredLimits(() => convertStoredCsv(csvPath, parquetPath, columns))
}

/** Makes the Parquet file of an upload again from its CSV, which must be intact. */
export function restoreParquet(dataDir: string, { id, columns }: Upload): void {
  const made = incomingFile(dataDir, id, 'parquet')
  try {
    const converted = convertAgain(storedFile(dataDir, id, 'csv'), made, columns)
    syncPath(made)
    renameFile(made, storedFile(dataDir, id, 'parquet'))
    syncPath(filesDirectory(dataDir))
    // The row changes only if another version of this program wrote the previous file.
    updateParquet(dataDir, id, converted)
  } catch (error) {
    discardFile(made)
    throw error
  }
}
