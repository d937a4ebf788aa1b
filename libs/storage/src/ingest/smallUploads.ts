// Syncing two files and their directory takes several times as long as everything else about a small upload.
// So the contents of its files go to the disk with its row, in one write of the catalogue's log, and the
// files are synced later.

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

/** The most bytes that the two files of a small upload may have together. */
export const SMALL_BYTES = 64 * 1024

/** How many small uploads may be unsynced. A start has to write them again. */
export const MAX_UNSYNCED = 4096

/** How many uploads are synced before their contents are deleted. */
const BATCH = 256

/**
 * Syncs the files of some small uploads. Any thread may call this at any time. Returns how many uploads were
 * synced, 0 if none were waiting.
 */
export function syncUnsynced(dataDir: string): number {
  const ids = listUnsynced(dataDir, BATCH)
  if (ids.length === 0) return 0
  for (const id of ids) for (const format of formats) syncPath(storedFile(dataDir, id, format))
  syncPath(filesDirectory(dataDir))
  deleteContents(dataDir, ids)
  return ids.length
}

/**
 * Writes the files of unsynced uploads again at a start, when nobody knows what became of them. Returns the
 * uploads' ids. A file that has its size is overwritten, which needs no disk space: these are the bytes that
 * it should have.
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
