import { convertCsv } from '../convert.ts'
import { discardFile, makeDirectory, renameFile, syncPath } from '../files.ts'
import { withStoredLimits } from '../limits.ts'
import { closeDatabase } from './connection.ts'
import { updateParquet } from './database.ts'
import { takeHold } from './hold.ts'
import { filesDirectory, incomingDirectory, incomingFile, storedFile } from './names.ts'
import { openCatalogue } from './opening.ts'
import { finishRemovals } from './removal.ts'
import { restoreUnsynced } from './unsynced.ts'
import type { Upload } from './upload.ts'

/**
 * Takes a data directory for repairs until the returned function is called, and writes the files of small uploads that a
 * crash took. Throws StorageError `unusable` if a server has it.
 */
export function beginRepair(dataDir: string, say: (line: string) => void = console.error): () => void {
  const release = takeHold(dataDir)
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

/** Makes the Parquet file of an upload from its CSV, which has to be what was uploaded. */
export function restoreParquet(dataDir: string, { id }: Upload): void {
  const made = incomingFile(dataDir, id, 'parquet')
  try {
    const converted = withStoredLimits(() => convertCsv(storedFile(dataDir, id, 'csv'), made))
    syncPath(made)
    renameFile(made, storedFile(dataDir, id, 'parquet'))
    syncPath(filesDirectory(dataDir))
    // The same as before, unless another version of this program writes other files.
    updateParquet(dataDir, id, converted)
  } catch (error) {
    discardFile(made)
    throw error
  }
}
