// A backup is a copy of the catalogue and of the files that its rows name. A restored directory is such a copy of a backup.
import { DatabaseSync } from 'node:sqlite'
import { StorageError } from '../errors.ts'
import { copyFile, fileSize, linkFile, listDirectory, makeDirectory, operation, syncPath } from '../files.ts'
import { backupState, refuseBackup, removeBackupMark, writeBackupMark } from './backupMark.ts'
import { type Contents, closeDatabase } from './database.ts'
import { takeHold } from './hold.ts'
import { catalogueFile, type Format, filesDirectory, formats, incomingFile, storedFile } from './names.ts'
import { translatedSqliteError } from './sqlite.ts'
import { makeDurableDirectory } from './store.ts'
import { writeNewFile } from './unsynced.ts'

/** Why a file cannot have a second name there: another file system, one without hard links, another owner, too many names. */
const NO_LINK = ['EXDEV', 'EPERM', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK']

/** A copy of a directory under way. The directory that is made cannot be served until `finish`. */
export interface DirectoryCopy {
  /** Of the files that are to be copied. */
  readonly bytes: number
  /** Copies the files of one upload after the other. Yields how many bytes they have. Files that are missing are left out. */
  copyFiles(): Generator<number, CopiedFiles>
  /** Says that the copy is complete. Only after somebody has verified it. */
  finish(): void
  /** Lets go of the directory, finished or not. */
  close(): void
}

export interface CopiedFiles {
  /** Files that the two directories share: hard links. */
  linked: number
  copied: number
}

/**
 * Begins to make `backup`, which must be empty or not there, of a data directory that may be served meanwhile. What is committed now
 * will be in it. Throws StorageError `unusable` if one of the two cannot be used.
 */
export function beginBackup(dataDir: string, backup: string): DirectoryCopy {
  refuseBackup(dataDir)
  return beginCopy(dataDir, backup, () => {
    // In this mode a database can be read where nothing can be written.
    withCatalogue('insert', backup, database => database.exec('PRAGMA journal_mode = DELETE'))
    syncPath(catalogueFile(backup))
    writeBackupMark(backup, 'complete')
  })
}

/** Begins to make a data directory, which must be empty or not there, of a backup. Throws StorageError `unusable` as `beginBackup`. */
export function beginRestore(backup: string, dataDir: string): DirectoryCopy {
  const state = backupState(backup)
  if (state === 'incomplete') refuseBackup(backup)
  if (state === undefined)
    throw new StorageError(
      'unusable',
      `${backup} is no backup: name a directory that \`table-cli backup\` made`,
    )
  return beginCopy(backup, dataDir, () => removeBackupMark(dataDir))
}

function beginCopy(from: string, to: string, complete: () => void): DirectoryCopy {
  if (!fileSize(catalogueFile(from)))
    throw new StorageError(
      'unusable',
      `${catalogueFile(from)} is missing or empty: name the data directory of a server`,
    )
  if (fileSize(to) !== undefined && listDirectory(to).length > 0)
    throw new StorageError('unusable', `${to} is not empty: name a directory that is empty or not there yet`)
  makeDurableDirectory(to)
  const release = takeHold(to)
  const close = () => {
    closeDatabase(to)
    release()
  }
  try {
    writeBackupMark(to, 'incomplete')
    makeDirectory(filesDirectory(to))
    copyCatalogue(from, to)
    const finish = () => {
      closeDatabase(to)
      complete()
    }
    return { bytes: bytesOf(to), copyFiles: () => copyFiles(from, to), finish, close }
  } catch (error) {
    close()
    throw error
  }
}

/** One statement reads the catalogue as it is at one instant, so that uploads meanwhile neither get into it nor make it begin anew. */
function copyCatalogue(from: string, to: string): void {
  withCatalogue('read', from, database => database.prepare('VACUUM INTO ?').run(catalogueFile(to)))
  // SQLite does not sync what VACUUM INTO writes.
  syncPath(catalogueFile(to))
}

function bytesOf(directory: string): number {
  const query = 'SELECT total(csv_bytes + parquet_bytes) AS bytes FROM uploads'
  return withCatalogue('read', directory, database => database.prepare(query).get()?.bytes as number)
}

function* copyFiles(from: string, to: string): Generator<number, CopiedFiles> {
  const done = { linked: 0, copied: 0 }
  using database = new DatabaseSync(catalogueFile(to), { readOnly: true })
  const uploads = database.prepare(`
    SELECT uploads.id, csv_bytes + parquet_bytes AS bytes, unsynced.id IS NOT NULL AS unsynced
    FROM uploads LEFT JOIN unsynced USING (id) ORDER BY uploads.id`)
  const contentsOf = database.prepare('SELECT csv, parquet FROM unsynced WHERE id = ?')
  for (const row of uploads.iterate()) {
    const id = row.id as number
    // The files of such an upload may not be on the disk, and the next start of a server writes them again.
    const contents = row.unsynced ? (contentsOf.get(id) as unknown as Contents) : undefined
    for (const format of formats) {
      const target = storedFile(to, id, format)
      const how = contents ? write(contents[format], target) : linkOrCopyStored(from, id, format, target)
      if (how) done[how]++
    }
    yield row.bytes as number
  }
  database.close()
  syncPath(filesDirectory(to))
  withCatalogue('insert', to, copy => copy.exec('DELETE FROM unsynced'))
  return done
}

function write(bytes: Uint8Array, to: string): 'copied' {
  writeNewFile(to, bytes)
  syncPath(to)
  return 'copied'
}

/** Returns undefined if there is no such file. */
function linkOrCopyStored(
  from: string,
  id: number,
  format: Format,
  to: string,
): keyof CopiedFiles | undefined {
  // A server moves a committed file from `incoming` to `files`, which can be right between two of these.
  for (const place of [storedFile, incomingFile, storedFile]) {
    const path = place(from, id, format)
    try {
      return linkOrCopy(path, to)
    } catch (error) {
      if (codeOf(error) !== 'ENOENT') throw error
    }
  }
  return undefined
}

function linkOrCopy(from: string, to: string): keyof CopiedFiles {
  try {
    linkFile(from, to)
    return 'linked'
  } catch (error) {
    if (!NO_LINK.includes(codeOf(error))) throw error
    copyFile(from, to)
    syncPath(to)
    return 'copied'
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? ''
}

function withCatalogue<T>(kind: 'read' | 'insert', directory: string, run: (database: DatabaseSync) => T): T {
  const path = catalogueFile(directory)
  return operation({ kind, path }, () => {
    try {
      using database = new DatabaseSync(path, { readOnly: kind === 'read', timeout: 60_000 })
      return run(database)
    } catch (error) {
      throw translatedSqliteError(error, path)
    }
  })
}
