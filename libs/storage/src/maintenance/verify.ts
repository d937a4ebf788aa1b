// Verification reads all bytes of the stored files and compares them with what was uploaded; a sum does not.

import { checkDatabase, findUpload, listUploads, readChecksums, readContents } from '../catalogue/database.ts'
import { checkCurrent } from '../catalogue/opening.ts'
import type { Upload } from '../catalogue/upload.ts'
import { checkSections } from '../csv/sections.ts'
import { StorageError } from '../errors.ts'
import { closeFile, fileSize } from '../files.ts'
import { catalogueFile, type Format, formats, storedFile } from '../paths.ts'
import { openStored } from '../storedFiles.ts'

/** A file that has changed since it was committed. */
export interface Damage {
  upload: Upload
  format: Format
  /** Names the file and what is wrong with it. */
  problem: string
}

/**
 * Returns the committed uploads of a directory, which may be served meanwhile. Throws StorageError `unusable`
 * if there is no catalogue, `damaged` if the catalogue cannot be read.
 */
export function readUploads(dataDir: string): Upload[] {
  const path = catalogueFile(dataDir)
  if (!fileSize(path)) {
    throw new StorageError('unusable', `${path} is missing or empty: name the data directory of a server`)
  }
  checkCurrent(dataDir)
  checkDatabase(dataDir)
  return listUploads(dataDir)
}

/**
 * Reads the files of an upload. Yields how many bytes were read since the last yield, and returns the damaged
 * files.
 */
export function* verifyUpload(dataDir: string, upload: Upload): Generator<number, Damage[]> {
  const damages = yield* verifyFiles(dataDir, upload)
  // The next start writes the files of an upload with contents again. A server may have deleted the upload meanwhile.
  const isDamaged =
    damages.length > 0 && !hasContents(dataDir, upload) && findUpload(dataDir, upload.id) !== undefined
  return isDamaged ? damages : []
}

/** The same for who uses the files as they are now: also returns damaged files that the next start writes again. */
export function* verifyFiles(dataDir: string, upload: Upload): Generator<number, Damage[]> {
  const damages: Damage[] = []
  for (const format of formats) {
    const problem = yield* problemOf(dataDir, upload, format)
    if (problem) damages.push({ upload, format, problem })
  }
  return damages
}

function* problemOf(dataDir: string, upload: Upload, format: Format): Generator<number, string | undefined> {
  const { id, csvBytes, parquetBytes, csvCuts } = upload
  const path = storedFile(dataDir, id, format)
  try {
    const file = openStored(path, format === 'csv' ? csvBytes : parquetBytes)
    try {
      const checksums = readChecksums(dataDir, id)
      const whole = yield* checkSections(file, format === 'csv' ? csvCuts : [], checksums[format])
      return whole ? undefined : `${path} has other bytes than when it was stored`
    } finally {
      closeFile(file)
    }
  } catch (error) {
    if (error instanceof StorageError) return error.message
    if (!(error as NodeJS.ErrnoException).syscall) throw error
    return `${path} cannot be read: ${(error as Error).message}`
  }
}

function hasContents(dataDir: string, { id }: Upload): boolean {
  return readContents(dataDir, id) !== undefined
}
