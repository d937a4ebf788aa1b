// Adoption makes new rows for uploads from their files, where the catalogue has lost or damaged the rows.

import { closeDatabase, read } from '../catalogue/connection.ts'
import { deleteDamagedRows, insertUpload } from '../catalogue/database.ts'
import { nextGeneration } from '../catalogue/generation.ts'
import type { IdSet } from '../catalogue/idSet.ts'
import { openCatalogue } from '../catalogue/opening.ts'
import { takeDirectoryLock } from '../directory/directoryLock.ts'
import { presentIn } from '../directory/presentFiles.ts'
import { finishRemovals } from '../directory/removal.ts'
import { StorageError } from '../errors.ts'
import { discardFile, fileSize, fileTime, makeDirectory, removeFile, renameFile, syncPath } from '../files.ts'
import { convertStoredCsv } from '../ingest/convert.ts'
import { restoreUnsynced } from '../ingest/smallUploads.ts'
import { withStoredLimits } from '../limits.ts'
import {
  filesDirectory,
  formats,
  incomingDirectory,
  incomingFile,
  lostDirectory,
  lostFile,
  storedFile,
} from '../paths.ts'

/** An upload with a new row, or the reason why its row could not be made. */
export interface Adopted {
  id: number
  problem?: string
}

/**
 * Makes a row for every CSV in `files/` and `lost/` that has none, and makes the CSV's Parquet file again.
 * The catalogue may be damaged, missing or outdated. The upload's time is when the CSV was written. Throws
 * StorageError `unusable` if a server has the directory open.
 */
export function* adoptUploads(
  dataDir: string,
  say: (line: string) => void = console.error,
): Generator<Adopted> {
  const release = takeDirectoryLock(dataDir)
  try {
    for (const directory of [filesDirectory(dataDir), incomingDirectory(dataDir)]) makeDirectory(directory)
    openCatalogue(dataDir, say, true)
    deleteDamagedRows(dataDir)
    finishRemovals(dataDir)
    restoreUnsynced(dataDir)
    const { csv: stored } = presentIn(filesDirectory(dataDir))
    const hasLost = fileSize(lostDirectory(dataDir)) !== undefined
    for (const id of hasLost ? ascending(presentIn(lostDirectory(dataDir)).csv) : [])
      if (!hasRow(dataDir, id) && !stored.has(id)) yield adopt(dataDir, id, lostFile(dataDir, id, 'csv'))
    for (const id of ascending(stored))
      if (!hasRow(dataDir, id)) yield adopt(dataDir, id, storedFile(dataDir, id, 'csv'))
    nextGeneration(dataDir)
  } finally {
    closeDatabase(dataDir)
    release()
  }
}

function ascending(ids: IdSet): number[] {
  return [...ids].sort((a, b) => a - b)
}

function hasRow(dataDir: string, id: number): boolean {
  return (
    read(dataDir, ({ prepared }) => prepared('SELECT id FROM uploads WHERE id = ?').get(id)) !== undefined
  )
}

function adopt(dataDir: string, id: number, csv: string): Adopted {
  const made = incomingFile(dataDir, id, 'parquet')
  try {
    const { checksums, notes, warnings, ...converted } = withStoredLimits(() => convertStoredCsv(csv, made))
    const receivedAt = fileTime(csv).toISOString()
    const upload = { id, receivedAt, csvBytes: fileSize(csv) ?? 0, ...converted }
    syncPath(csv)
    syncPath(made)
    renameFile(made, storedFile(dataDir, id, 'parquet'))
    if (csv !== storedFile(dataDir, id, 'csv')) renameFile(csv, storedFile(dataDir, id, 'csv'))
    syncPath(filesDirectory(dataDir))
    insertUpload(dataDir, upload, { checksums, notes })
    for (const format of formats) removeFile(lostFile(dataDir, id, format))
    return { id }
  } catch (error) {
    discardFile(made)
    const { syscall, message } = error as NodeJS.ErrnoException
    if (!(error instanceof StorageError) && !syscall) throw error
    return { id, problem: message }
  }
}
