// A backup is a copy of the catalogue and of the files that its rows name. A restored directory is such a
// copy of a backup.
import { resolve, sep } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { change, closeDatabase, LOCK_WAIT, read, run } from '../catalogue/connection.ts'
import { listUnsynced, readContents } from '../catalogue/database.ts'
import { nextGeneration } from '../catalogue/generation.ts'
import { eachListed } from '../catalogue/listedRows.ts'
import { openCatalogue } from '../catalogue/opening.ts'
import { backupState, refuseBackup, removeBackupMark, writeBackupMark } from '../directory/backupMark.ts'
import { takeDirectoryLock } from '../directory/directoryLock.ts'
import { removeUploads } from '../directory/removal.ts'
import { makeDurableDirectory } from '../directory/store.ts'
import { StorageError } from '../errors.ts'
import { copyFile, fileSize, linkFile, listDirectory, makeDirectory, syncPath } from '../files.ts'
import { writeNewFile } from '../ingest/smallUploads.ts'
import { catalogueFile, filesDirectory, formats, storedFile } from '../paths.ts'

/** A copy of a directory that is being made. The new directory cannot be served before `finish`. */
export interface DirectoryCopy {
  /** The size of the files to copy. */
  readonly bytes: number
  /**
   * Copies the files of each upload. Yields the bytes of each upload, and returns how many files were linked
   * and copied. Missing files are skipped, and so are uploads that are deleted meanwhile. Throws StorageError `damaged` if a row of the catalogue is
   * damaged.
   */
  copyFiles(): Generator<number, CopiedFiles>
  /** Marks the copy as complete. Verify the copy first. */
  finish(): void
  /** Releases the directory, whether the copy is finished or not. */
  close(): void
}

export interface CopiedFiles {
  /** Files that the two directories share as hard links. */
  linked: number
  copied: number
}

/**
 * Begins a backup of a data directory, which may be served meanwhile. The backup holds the uploads that are
 * committed now. `backup` must be empty or not exist. Throws StorageError `unusable` if one of the
 * directories cannot be used.
 */
export function beginBackup(dataDir: string, backup: string): DirectoryCopy {
  refuseBackup(dataDir)
  return beginCopy(dataDir, backup, () => {
    // In this journal mode a database can be read from a read-only disk.
    read(backup, ({ database }) => database.exec('PRAGMA journal_mode = DELETE'))
    closeDatabase(backup)
    syncPath(catalogueFile(backup))
    writeBackupMark(backup, 'complete')
  })
}

/**
 * Begins to make a data directory from a backup. `dataDir` must be empty or not exist. Throws StorageError
 * `unusable` if one of the directories cannot be used.
 */
export function beginRestore(backup: string, dataDir: string): DirectoryCopy {
  const state = backupState(backup)
  if (state === 'incomplete') refuseBackup(backup)
  if (state === undefined)
    throw new StorageError(
      'unusable',
      `${backup} is not a backup: name a directory that \`table-cli backup\` made`,
    )
  return beginCopy(backup, dataDir, () => {
    closeDatabase(dataDir)
    removeBackupMark(dataDir)
  })
}

function beginCopy(from: string, to: string, finish: () => void): DirectoryCopy {
  if (!fileSize(catalogueFile(from)))
    throw new StorageError(
      'unusable',
      `${catalogueFile(from)} is missing or empty: name the data directory of a server`,
    )
  // Whatever happens to the directory, such as its removal, would happen to a copy in it.
  if (resolve(to).startsWith(resolve(from) + sep))
    throw new StorageError('unusable', `${to} is inside ${from}: name a directory beside it`)
  if (fileSize(to) !== undefined && listDirectory(to).length > 0)
    throw new StorageError(
      'unusable',
      `${to} is not empty: name a directory that is empty or does not exist yet`,
    )
  makeDurableDirectory(to)
  const release = takeDirectoryLock(to)
  const close = () => {
    closeDatabase(to)
    release()
  }
  try {
    writeBackupMark(to, 'incomplete')
    makeDirectory(filesDirectory(to))
    copyCatalogue(from, to)
    return { bytes: bytesOf(to), copyFiles: () => copyFiles(from, to), finish, close }
  } catch (error) {
    close()
    throw error
  }
}

/**
 * Copies the catalogue in one statement, which reads the catalogue at one instant: uploads during the copy
 * neither get into it nor restart it.
 */
function copyCatalogue(from: string, to: string): void {
  run('read', from, () => {
    using database = new DatabaseSync(catalogueFile(from), { readOnly: true, timeout: LOCK_WAIT })
    database.prepare('VACUUM INTO ?').run(catalogueFile(to))
  })
  // SQLite does not sync what VACUUM INTO writes.
  syncPath(catalogueFile(to))
  // The backup may come from an earlier version.
  openCatalogue(to, () => {})
  nextGeneration(to)
}

function bytesOf(directory: string): number {
  const query = 'SELECT total(csv_bytes + parquet_bytes) AS bytes FROM uploads'
  return read(directory, ({ database }) => database.prepare(query).get()?.bytes as number)
}

function* copyFiles(from: string, to: string): Generator<number, CopiedFiles> {
  const done = { linked: 0, copied: 0 }
  const unsynced = new Set(listUnsynced(to))
  /** The uploads that the server has deleted since the catalogue was copied. */
  const deleted: number[] = []
  for (const { id, csvBytes, parquetBytes } of eachListed(to)) {
    // Do not share the files of unsynced uploads: they may not be on the disk, and the next start overwrites
    // them.
    const contents = unsynced.has(id) ? readContents(to, id) : undefined
    let missing = false
    for (const format of formats) {
      const target = storedFile(to, id, format)
      const how = contents
        ? write(contents[format], target)
        : linkOrCopy(storedFile(from, id, format), target)
      if (how) done[how]++
      else missing = true
    }
    if (missing && !isStored(from, id)) deleted.push(id)
    yield csvBytes + parquetBytes
  }
  syncPath(filesDirectory(to))
  if (deleted.length > 0) removeUploads(to, deleted)
  change(to, 0, ({ database }) => database.exec('DELETE FROM unsynced'))
  return done
}

function isStored(directory: string, id: number): boolean {
  return run('read', directory, () => {
    using database = new DatabaseSync(catalogueFile(directory), { readOnly: true, timeout: LOCK_WAIT })
    return database.prepare('SELECT id FROM uploads WHERE id = ?').get(id) !== undefined
  })
}

function write(bytes: Uint8Array, to: string): keyof CopiedFiles {
  writeNewFile(to, bytes)
  syncPath(to)
  return 'copied'
}

/** Returns undefined if the file to copy does not exist. */
function linkOrCopy(from: string, to: string): keyof CopiedFiles | undefined {
  try {
    if (linkFile(from, to)) return 'linked'
    copyFile(from, to)
    syncPath(to)
    return 'copied'
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}
