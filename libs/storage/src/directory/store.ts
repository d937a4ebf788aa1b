import { dirname, resolve } from 'node:path'
import { Catalogue, sharedState } from '../catalogue/catalogue.ts'
import { closeDatabase } from '../catalogue/connection.ts'
import { listUnsynced } from '../catalogue/database.ts'
import { nextGeneration } from '../catalogue/generation.ts'
import { Guarded } from '../catalogue/lock.ts'
import { guardIdentity, openCatalogue } from '../catalogue/opening.ts'
import { dropSchemas } from '../catalogue/schemas.ts'
import { StorageError } from '../errors.ts'
import { checkWritable, fileSize, makeDirectory, syncPath } from '../files.ts'
import { filesDirectory, incomingDirectory } from '../paths.ts'
import { takeDirectoryLock } from './directoryLock.ts'
import { recoverUploads, unlessFull } from './recovery.ts'

/** A data directory that this process serves. */
export interface Store {
  /** The absolute path. */
  readonly dataDir: string
  readonly catalogue: Catalogue
  /** Whether there are small uploads whose files were written again but not synced. `syncUnsynced` syncs them. */
  readonly hasUnsynced: boolean
  /** Identifies the catalogue's files, so that worker threads open the same ones. */
  readonly catalogueIdentity: string
  /** Releases the directory. No thread may use the store afterwards. */
  close(): void
}

/**
 * Makes the folders, locks the directory for this process and recovers its uploads. `say` gets the lines that
 * the operator should read. Throws `unusable` if the directory cannot be served, `damaged` if a committed
 * upload is not whole.
 */
export function openStore(dataDir: string, say: (line: string) => void = console.error): Store {
  const directory = resolve(dataDir)
  let release = () => {}
  const letGo = () => {
    closeDatabase(directory)
    release()
  }
  const close = () => {
    try {
      nextGeneration(directory)
    } catch (error) {
      // No upload is lost. But a copy of this run's catalogue that is put back later cannot be recognised as
      // an older one.
      say(`warning: ${(error as Error).message}`)
    }
    letGo()
  }
  try {
    makeFolders(directory)
    release = takeDirectoryLock(directory)
    openCatalogue(directory, say)
    const { uploads, nextId, census, unused } = recoverUploads(directory, say)
    unlessFull(say, () => {
      nextGeneration(directory)
      dropSchemas(directory, unused)
    })
    // Sync the names of the catalogue and its log before anything relies on them.
    syncPath(directory)
    const catalogue = new Catalogue(new Guarded(sharedState(uploads, nextId, census)))
    return {
      dataDir: directory,
      catalogue,
      catalogueIdentity: guardIdentity(directory),
      hasUnsynced: listUnsynced(directory, 1).length > 0,
      close,
    }
  } catch (error) {
    letGo()
    throw error instanceof StorageError ? error : unusable(directory, error)
  }
}

function makeFolders(dataDir: string): void {
  for (const path of [dataDir, incomingDirectory(dataDir), filesDirectory(dataDir)]) {
    makeDurableDirectory(path)
    checkWritable(path)
  }
}

/** Makes a directory and its parents, so that a power cut does not undo them. */
export function makeDurableDirectory(path: string): void {
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
