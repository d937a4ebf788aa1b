import { StorageError } from '../errors.ts'
import { checkWritable, eachName, fileSize } from '../files.ts'
import { catalogueFile, filesDirectory, parseFileName } from '../paths.ts'
import { catalogueIdentity, change, connect, expectIdentity, read } from './connection.ts'
import { checkGeneration, generationOfDirectory } from './generation.ts'
import { migrateCatalogue, oldestSchema } from './migration.ts'
import { otherTables, schemaVersion, uploadsTable } from './tables.ts'

/**
 * Opens the catalogue of a directory that this process has locked. Creates a new catalogue or migrates an
 * older one, and tells `say` about a migration. `adopting`: ignores problems of the catalogue as a whole,
 * which are about to be repaired. Throws StorageError `damaged` if the catalogue is missing or an older one
 * was put back, `unusable` if it is from a later version.
 */
export function openCatalogue(dataDir: string, say: (line: string) => void, adopting = false): void {
  const path = catalogueFile(dataDir)
  const bytes = fileSize(path)
  // SQLite would open the file read-only, and leave a log that nobody may write to.
  if (bytes !== undefined) checkWritable(path)
  if (!bytes && !adopting) checkNew(dataDir)
  const version = schemaOf(dataDir)
  if (version === 0) {
    if (!adopting) checkNew(dataDir)
    createTables(dataDir)
  } else if (version < schemaVersion) {
    migrateCatalogue(dataDir, version, say)
  }
  if (!adopting) checkGeneration(dataDir)
  emptyLog(dataDir)
}

/** From now on, only this process changes the catalogue. */
export function guardIdentity(dataDir: string): string {
  const identity = catalogueIdentity(dataDir)
  expectIdentity(dataDir, identity)
  return identity
}

/**
 * Returns the schema of the catalogue, or 0 if the catalogue is empty. Throws StorageError `unusable` if this
 * version does not know the schema.
 */
function schemaOf(dataDir: string): number {
  const version = read(dataDir, ({ database }) =>
    Number(database.prepare('PRAGMA user_version').get()?.user_version),
  )
  if (version === 0 || (version >= oldestSchema && version <= schemaVersion)) return version
  const [age, remedy] =
    version > schemaVersion ? ['a newer', 'update the program'] : ['an older', 'upload its files again']
  throw new StorageError(
    'unusable',
    `${catalogueFile(dataDir)} was written by ${age} version of this program (schema ${version}, this one knows ${oldestSchema} to ${schemaVersion}): ${remedy}, or choose another data directory`,
  )
}

/** Throws StorageError `unusable` if a start has to migrate the catalogue first. */
export function checkCurrent(dataDir: string): void {
  const version = schemaOf(dataDir)
  if (version === schemaVersion) return
  throw new StorageError(
    'unusable',
    `${catalogueFile(dataDir)} has the schema ${version}, this version works with ${schemaVersion}: start the server on the directory once, which brings it up to date`,
  )
}

/** Throws if the directory has been served before: a lost catalogue must not be mistaken for a new one. */
function checkNew(dataDir: string): void {
  const generation = generationOfDirectory(dataDir) ?? 0
  let stored = 0
  for (const name of eachName(filesDirectory(dataDir))) if (parseFileName(name)) stored++
  if (generation === 0 && stored === 0) return
  throw new StorageError(
    'damaged',
    `${catalogueFile(dataDir)} is missing or empty, but the directory was served before and has ${stored} files in ${filesDirectory(dataDir)}: restore the catalogue from a backup, or run ` +
      `\`table-cli adopt --data-dir ${dataDir}\`, which rebuilds the rows from the files`,
  )
}

function createTables(dataDir: string): void {
  change(dataDir, 0, ({ database }) =>
    database.exec(`${otherTables} ${uploadsTable} PRAGMA user_version = ${schemaVersion}`),
  )
}

/**
 * Copies the whole log into the database, including what the system may have lost of the log when a sync
 * failed. The log then begins again from its start. On a full disk the log stays, which does no harm because
 * nothing can be uploaded then.
 */
function emptyLog(dataDir: string): void {
  const { database } = connect(dataDir)
  try {
    read(dataDir, () => database.exec('PRAGMA wal_checkpoint(TRUNCATE)'))
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'disk-full')) throw error
  }
}
