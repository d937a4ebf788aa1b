// One process serves a data directory. The directory lock is SQLite's exclusive lock on an empty database:
// the kernel keeps the lock on the open file and drops it when the process dies. A file with a process id
// would not work across containers that share a volume, because every server there is process 1.
import { DatabaseSync } from 'node:sqlite'
import { isBusy } from '../catalogue/sqlite.ts'
import { StorageError } from '../errors.ts'
import { checkWritable, operation } from '../files.ts'
import { lockFile } from '../paths.ts'
import { refuseBackup } from './backupMark.ts'

/** Keeps the locks reachable: garbage collection would close the file and drop the lock. */
const held = new Set<DatabaseSync>()

/**
 * Locks the data directory for this process until the returned function is called or the process ends. Throws
 * `unusable` if another process holds the lock or the directory is a backup.
 */
export function takeDirectoryLock(dataDir: string): () => void {
  refuseBackup(dataDir)
  const path = lockFile(dataDir)
  const lock = operation({ kind: 'open', path }, () => new DatabaseSync(path, { timeout: 0 }))
  try {
    // On a read-only file SQLite silently takes no exclusive lock.
    checkWritable(path)
    // Nothing is ever written, so keep the journal in memory instead of in a second file.
    lock.exec('PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!isBusy(error)) throw error
    throw new StorageError(
      'unusable',
      `the data directory ${dataDir} is served by another process, which holds ${path}: stop that server, or choose another data directory`,
      { cause: error },
    )
  }
  held.add(lock)
  return () => {
    if (held.delete(lock)) lock.close()
  }
}
