// A file named `backup` marks a directory that looks like a data directory and is not to be served as one: a backup, and a copy
// that is not complete yet. The mark is there before anything else is, so that it also tells of a copy that was interrupted.
import { StorageError } from '../errors.ts'
import { readSmallFile, removeFile, replaceFile, syncPath } from '../files.ts'
import { backupMark } from '../paths.ts'

export type BackupState = 'incomplete' | 'complete'

/** Undefined for a directory without the mark. A mark that cannot be understood is one of an incomplete copy. */
export function backupState(directory: string): BackupState | undefined {
  const text = readSmallFile(backupMark(directory))
  if (text === undefined) return undefined
  return text === 'complete\n' ? 'complete' : 'incomplete'
}

/** When this returns, the mark is on the disk. */
export function writeBackupMark(directory: string, state: BackupState): void {
  replaceFile(backupMark(directory), Buffer.from(`${state}\n`))
}

/** When this returns, the mark is gone from the disk. */
export function removeBackupMark(directory: string): void {
  removeFile(backupMark(directory))
  syncPath(directory)
}

/** Throws StorageError `unusable` if the directory has the mark. */
export function refuseBackup(directory: string): void {
  const state = backupState(directory)
  if (state === undefined) return
  const [what, remedy] =
    state === 'complete'
      ? ['a backup', `make a data directory of it with \`table-cli restore ${directory}\``]
      : ['a backup or a restored directory that is not complete', 'remove it and make it again']
  throw new StorageError('unusable', `${directory} is ${what}: ${remedy}`)
}
