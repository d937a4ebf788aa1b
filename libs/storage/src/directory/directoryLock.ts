// One process serves a data directory. The directory lock is a lock that the kernel keeps on an open file (SQLite's exclusive
// lock on an empty database) and drops when the process dies, however it dies. Unlike a file with a process id in it
// this is right across containers that share a volume, where every server is process 1.
import { DatabaseSync } from 'node:sqlite'
import { isBusy } from '../catalogue/sqlite.ts'
import { StorageError } from '../errors.ts'
import { checkWritable, operation } from '../files.ts'
import { lockFile } from '../paths.ts'
import { refuseBackup } from './backupMark.ts'

/** Here so that no garbage collection closes a file and so drops its lock. */
const held = new Set<DatabaseSync>()

/**
 * Takes the data directory for this process until the returned function is called or the process ends.
 * Throws `unusable` if another process has it, or if it is a backup.
 */
export function takeDirectoryLock(dataDir: string): () => void {
  refuseBackup(dataDir)
  const path = lockFile(dataDir)
  const lock = operation({ kind: 'open', path }, () => new DatabaseSync(path, { timeout: 0 }))
  try {
    // SQLite takes no exclusive lock on a file that it may only read, and says nothing.
    checkWritable(path)
    // A journal in memory: nothing is ever written, so no second file needs to lie around.
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
