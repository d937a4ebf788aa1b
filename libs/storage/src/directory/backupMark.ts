// A file named `backup` marks a directory that looks like a data directory but must not be served: a backup,
// or an incomplete copy. The mark is written first, so that an interrupted copy has it too.
import { StorageError } from '../errors.ts'
import { readSmallFile, removeFile, replaceFile, syncPath } from '../files.ts'
import { backupMark } from '../paths.ts'

export type BackupState = 'incomplete' | 'complete'

/** Returns undefined for a directory without the mark. An unreadable mark counts as an incomplete copy. */
export function backupState(directory: string): BackupState | undefined {
  const text = readSmallFile(backupMark(directory))
  if (text === undefined) return undefined
  return text === 'complete\n' ? 'complete' : 'incomplete'
}

/** Writes the mark. The mark is on the disk when this returns. */
export function writeBackupMark(directory: string, state: BackupState): void {
  replaceFile(backupMark(directory), Buffer.from(`${state}\n`))
}

/** Removes the mark. The removal is on the disk when this returns. */
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
      ? ['a backup', `turn it into a data directory with \`table-cli restore ${directory}\``]
      : ['an incomplete backup or restored directory', 'remove it and make it again']
  throw new StorageError('unusable', `${directory} is ${what}: ${remedy}`)
}
