import { dirname, resolve } from 'node:path'
import { StorageError } from '../errors.ts'
import { checkWritable, fileSize, makeDirectory, syncPath } from '../files.ts'
import { Catalogue, sharedState } from './catalogue.ts'
import { closeDatabase, listUnsynced } from './database.ts'
import { takeHold } from './hold.ts'
import { Guarded } from './lock.ts'
import { catalogueFile, filesDirectory, incomingDirectory } from './names.ts'
import { recoverUploads } from './recovery.ts'

/** A data directory that this process serves. */
export interface Store {
  /** Absolute. */
  readonly dataDir: string
  readonly catalogue: Catalogue
  /** Whether there are small uploads whose files were written again and are not synced: `syncUnsynced` does that. */
  readonly hasUnsynced: boolean
  /** Lets go of the directory. Nothing of the store may be used any more, by any thread. */
  close(): void
}

/**
 * Makes the folders, takes the exclusive hold on the directory and recovers what is in it.
 * Throws `unusable` if the directory cannot be served, `damaged` if a committed upload is not whole.
 */
export function openStore(dataDir: string): Store {
  const directory = resolve(dataDir)
  let release = () => {}
  const close = () => {
    closeDatabase(directory)
    release()
  }
  try {
    makeFolders(directory)
    release = takeHold(directory)
    const uploads = recoverUploads(directory)
    checkWritable(catalogueFile(directory))
    // The names of the catalogue and its log, before anything relies on them.
    syncPath(directory)
    const catalogue = new Catalogue(new Guarded(sharedState(uploads)))
    return { dataDir: directory, catalogue, hasUnsynced: listUnsynced(directory, 1).length > 0, close }
  } catch (error) {
    close()
    throw error instanceof StorageError ? error : unusable(directory, error)
  }
}

function makeFolders(dataDir: string): void {
  for (const path of [dataDir, incomingDirectory(dataDir), filesDirectory(dataDir)]) {
    makeDurableDirectory(path)
    checkWritable(path)
  }
}

/** Like `mkdir -p`, and a power cut does not undo it. */
function makeDurableDirectory(path: string): void {
  if (fileSize(path) !== undefined) return
  makeDurableDirectory(dirname(path))
  makeDirectory(path)
  syncPath(dirname(path))
}

function unusable(dataDir: string, cause: unknown): StorageError {
  const user = process.getuid === undefined ? 'this user' : `user ${process.getuid()}`
  return new StorageError(
    'unusable',
    `cannot keep data in ${dataDir} (${(cause as Error).message}): choose a directory that ${user} can write to, or give that user the right to`,
    { cause },
  )
}
