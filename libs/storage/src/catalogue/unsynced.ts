// Small uploads. Syncing two files and their directory takes several times as long as everything else about them, so what they
// hold goes to the disk with their row, in one write of the catalogue's log, and the files follow later.
import { append, closeFile, createFile, renameFile, syncPath } from '../files.ts'
import { type Contents, deleteContents, listUnsynced, readContents } from './database.ts'
import { filesDirectory, formats, incomingFile, storedFile } from './names.ts'

/** The most that the two files of an upload may have together to be small. */
export const SMALL_BYTES = 64 * 1024

/** So many may wait. They are what a start has to write again. */
export const MAX_UNSYNCED = 4096

/** So many are synced before their contents are deleted. */
const BATCH = 256

/** Brings the files of some small uploads to the disk. Any thread may, at any time. Returns false if none waited. */
export function syncUnsynced(dataDir: string): boolean {
  const ids = listUnsynced(dataDir, BATCH)
  if (ids.length === 0) return false
  for (const id of ids) for (const format of formats) syncPath(storedFile(dataDir, id, format))
  syncPath(filesDirectory(dataDir))
  deleteContents(dataDir, ids)
  return true
}

/** At start, when nobody knows what became of the files: writes them again. Returns the uploads' ids. */
export function restoreUnsynced(dataDir: string): number[] {
  const ids = listUnsynced(dataDir)
  for (const id of ids) {
    const contents = readContents(dataDir, id) as Contents
    for (const format of formats) {
      const path = incomingFile(dataDir, id, format)
      writeNewFile(path, contents[format])
      renameFile(path, storedFile(dataDir, id, format))
    }
  }
  return ids
}

export function writeNewFile(path: string, bytes: Uint8Array): void {
  const file = createFile(path)
  try {
    append(file, bytes)
  } finally {
    closeFile(file)
  }
}
