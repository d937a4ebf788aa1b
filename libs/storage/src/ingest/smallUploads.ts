// Small uploads. Syncing two files and their directory takes several times as long as everything else about them, so what they
// hold goes to the disk with their row, in one write of the catalogue's log, and the files follow later.

import {
  type Contents,
  deleteContents,
  dropOrphans,
  listUnsynced,
  readChecksums,
  readContents,
} from '../catalogue/database.ts'
import { Checksum } from '../checksum.ts'
import { append, closeFile, createFile, fileSize, overwriteFile, renameFile, syncPath } from '../files.ts'
import { filesDirectory, formats, incomingFile, storedFile } from '../paths.ts'

/** The most that the two files of an upload may have together to be small. */
export const SMALL_BYTES = 64 * 1024

/** So many may wait. They are what a start has to write again. */
export const MAX_UNSYNCED = 4096

/** So many are synced before their contents are deleted. */
const BATCH = 256

/** Brings the files of some small uploads to the disk. Any thread may, at any time. Returns of how many: 0 if none waited. */
export function syncUnsynced(dataDir: string): number {
  const ids = listUnsynced(dataDir, BATCH)
  if (ids.length === 0) return 0
  for (const id of ids) for (const format of formats) syncPath(storedFile(dataDir, id, format))
  syncPath(filesDirectory(dataDir))
  deleteContents(dataDir, ids)
  return ids.length
}

/**
 * At start, when nobody knows what became of the files: writes them again. Returns the uploads' ids. Where a file has its size already,
 * it is written over, which needs no room: these are the bytes that it should have.
 */
export function restoreUnsynced(dataDir: string): number[] {
  dropOrphans(dataDir)
  const ids = listUnsynced(dataDir)
  for (const id of ids) {
    const contents = readContents(dataDir, id) as Contents
    const checksums = readChecksums(dataDir, id)
    for (const format of formats) {
      const bytes = contents[format]
      // Damage to the catalogue must not become damage to the files.
      if (Buffer.compare(checksumOf(bytes), checksums[format]) !== 0) continue
      const path = storedFile(dataDir, id, format)
      if (fileSize(path) === bytes.length) overwriteFile(path, bytes)
      else {
        writeNewFile(incomingFile(dataDir, id, format), bytes)
        renameFile(incomingFile(dataDir, id, format), path)
      }
    }
  }
  return ids
}

function checksumOf(bytes: Uint8Array): Uint8Array {
  const checksum = new Checksum()
  checksum.update(bytes)
  return checksum.digest()
}

export function writeNewFile(path: string, bytes: Uint8Array): void {
  const file = createFile(path)
  try {
    append(file, bytes)
  } finally {
    closeFile(file)
  }
}
