import { existsSync, mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import {
  catalogueFile,
  filesDirectory,
  incomingDirectory,
  isUncommitted,
  makeDurableDirectory,
  removeOwn,
  StorageError,
  takeDirectoryLock,
} from '@table/storage'

/** A directory for what is under way: uploads that arrive, and objects that a question reads. Nothing in it outlives the server. */
export interface SpoolDirectory {
  /** The absolute path. */
  readonly path: string
  /** Returns a number for an upload that nobody else has. */
  nextUpload(): number
  /** Makes an empty folder for the files of a question, whose path is that of a data directory. */
  makeFolder(): string
  close(): void
}

/** Locks the directory, and removes what an earlier server left in it. Throws StorageError `unusable` if it is the data directory of a server without a cluster. */
export function openSpool(directory: string): SpoolDirectory {
  const path = resolve(directory)
  if (existsSync(catalogueFile(path)))
    throw new StorageError(
      'unusable',
      `${path} has the data of a server without a cluster: give another directory for the spool, or copy the data into the cluster with \`table-cli migrate\``,
    )
  makeDurableDirectory(path)
  const release = takeDirectoryLock(path)
  const questions = join(path, 'questions')
  for (const folder of [incomingDirectory(path), questions]) mkdirSync(folder, { recursive: true })
  removeOwn(incomingDirectory(path), isUncommitted)
  removeOwn(questions, name => /^\d+$/.test(name))
  let uploads = 0
  let folders = 0
  return {
    path,
    nextUpload: () => ++uploads,
    makeFolder() {
      const folder = join(questions, String(++folders))
      mkdirSync(filesDirectory(folder), { recursive: true })
      return folder
    },
    close: release,
  }
}
