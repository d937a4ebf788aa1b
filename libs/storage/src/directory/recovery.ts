// Recovery turns a directory into the list of committed uploads, each with its files, and leaves nothing else
// in `files/` and `incoming/`.
import { join } from 'node:path'
import { read } from '../catalogue/connection.ts'
import { eachListed } from '../catalogue/listedRows.ts'
import { type Census, takeCensus } from '../catalogue/schemas.ts'
import { UploadList, type UploadsSnapshot } from '../catalogue/uploadList.ts'
import { StorageError } from '../errors.ts'
import {
  eachName,
  fileSize,
  linkFile,
  listDirectory,
  makeDirectory,
  removeFile,
  removeTree,
  renameFile,
  syncPath,
} from '../files.ts'
import { restoreUnsynced } from '../ingest/smallUploads.ts'
import {
  type Format,
  filesDirectory,
  formats,
  incomingDirectory,
  isQueryFolder,
  isUncommitted,
  lostDirectory,
  lostFile,
  parseFileName,
  queriesDirectory,
  storedFile,
} from '../paths.ts'
import { type Present, presentIn, presentMeanwhile } from './presentFiles.ts'
import { finishRemovals } from './removal.ts'

/** A start with at least this many uploads takes a while: it says what it is doing, and lists the files in a thread. */
const MANY_UPLOADS = 100_000

/**
 * Reads the committed uploads, and removes what uncommitted uploads left behind. Files without a row go to
 * `lost/` and are reported to `say`. Throws StorageError `damaged`, and removes nothing, if a committed file
 * is missing or a row is damaged. On a full disk, what needs space is left to the next start.
 */
export function recoverUploads(
  dataDir: string,
  say: (line: string) => void,
): Census & { uploads: UploadList; nextId: number } {
  const started = performance.now()
  const lastId = lastIdOf(dataDir)
  const isLarge = lastId >= MANY_UPLOADS
  if (isLarge) say(`reading the catalogue: up to ${lastId} uploads`)
  const present = isLarge
    ? presentMeanwhile(filesDirectory(dataDir))
    : () => presentIn(filesDirectory(dataDir))
  const uploads = new UploadList()
  for (const upload of eachListed(dataDir)) uploads.append(upload)
  const stored = present()
  const nextId = Math.max(lastId, highestStored(dataDir, stored)) + 1
  unlessFull(say, () => finishRemovals(dataDir, stored))
  for (const id of restoreUnsynced(dataDir)) for (const format of formats) stored[format].add(id)

  const census = takeCensus(dataDir, uploads.snapshot())
  takeOut(dataDir, uploads.snapshot(), stored)
  unlessFull(say, () => moveLost(dataDir, stored, say))
  removeOwn(incomingDirectory(dataDir), isUncommitted)
  removeQueries(dataDir)
  if (isLarge) say(`read ${uploads.length} uploads in ${((performance.now() - started) / 1000).toFixed(1)} s`)
  return { ...census, uploads, nextId }
}

/** Does what a start can do without, so that a full disk does not keep the server from answering sums. */
export function unlessFull(say: (line: string) => void, write: () => void): void {
  try {
    write()
  } catch (error) {
    if (!(error instanceof StorageError && error.code === 'disk-full')) throw error
    say(`warning: ${error.message}`)
  }
}

/** Removes what queries left behind: their folders, and the folder of these unless it holds something else. */
function removeQueries(dataDir: string): void {
  const directory = queriesDirectory(dataDir)
  if (fileSize(directory) === undefined) return
  removeOwn(directory, isQueryFolder)
  if (listDirectory(directory).length === 0) removeTree(directory)
}

/** Returns the last id that the catalogue has given away. An id is never used twice, because files and other programs remember it. */
function lastIdOf(dataDir: string): number {
  return read(dataDir, ({ prepared }) =>
    Number(prepared("SELECT max(seq) AS id FROM sqlite_sequence WHERE name = 'uploads'").get()?.id ?? 0),
  )
}

/** Returns the highest id that has a file, which the catalogue may not know. */
function highestStored(dataDir: string, stored: Present): number {
  let highest = 0
  for (const format of formats) for (const id of stored[format]) highest = Math.max(highest, id)
  if (fileSize(lostDirectory(dataDir)) === undefined) return highest
  for (const name of eachName(lostDirectory(dataDir)))
    highest = Math.max(highest, parseFileName(name)?.id ?? 0)
  return highest
}

/** Takes the ids of the uploads out of `stored`. Throws StorageError `damaged` if a file is not there. */
function takeOut(dataDir: string, uploads: UploadsSnapshot, stored: Present): void {
  const missing: string[] = []
  let missed = 0
  for (const upload of uploads)
    for (const format of formats) {
      if (stored[format].delete(upload.id)) continue
      const received = new Date(upload.receivedAt).toISOString()
      if (missed++ < NAMED)
        missing.push(`upload ${upload.id} of ${received}: ${storedFile(dataDir, upload.id, format)}`)
    }
  if (missed > 0) throw missingFiles(dataDir, missing, missed)
}

/** How many missing files a message names. These are enough to see what happened. */
const NAMED = 5

function missingFiles(dataDir: string, named: readonly string[], count: number): StorageError {
  const more = count > named.length ? `\n  and ${count - named.length} more` : ''
  return new StorageError(
    'damaged',
    `${count} files of the catalogue are missing in ${dataDir}:\n  ${named.join('\n  ')}${more}\n` +
      `\`table-cli repair --data-dir ${dataDir}\` makes Parquet files from their CSVs. Restore a CSV from a backup, or give its upload up: ` +
      `\`table-cli rm ID --data-dir ${dataDir}\``,
  )
}

/**
 * Moves pairs of files without a row to `lost/`. Removes single files without a row: no acknowledged upload
 * can have left a single file.
 */
function moveLost(dataDir: string, stored: Present, say: (line: string) => void): void {
  const lost: number[] = []
  for (const id of stored.csv) {
    const whole = stored.parquet.has(id) || fileSize(lostFile(dataDir, id, 'parquet')) !== undefined
    if (whole) lost.push(id)
    else removeFile(storedFile(dataDir, id, 'csv'))
  }
  for (const id of stored.parquet) if (!stored.csv.has(id)) removeFile(storedFile(dataDir, id, 'parquet'))
  if (lost.length === 0) return
  makeDirectory(lostDirectory(dataDir))
  syncPath(dataDir)
  // Move the CSV last, because nothing can be adopted without the CSV.
  for (const format of ['parquet', 'csv'] as const)
    for (const id of lost) if (stored[format].has(id)) moveToLost(dataDir, id, format)
  syncPath(lostDirectory(dataDir))
  for (const id of lost) for (const format of formats) removeFile(storedFile(dataDir, id, format))
  const which =
    lost.length > NAMED
      ? `${lost.slice(0, NAMED).join(', ')} and ${lost.length - NAMED} more`
      : lost.join(', ')
  say(
    `warning: the catalogue has no row for the files of upload(s) ${which}, which are in ${lostDirectory(dataDir)} now: either a crash came before they were acknowledged, ` +
      `or the catalogue has lost rows. \`table-cli adopt --data-dir ${dataDir}\` turns them into uploads; delete them if they are not wanted`,
  )
}

function moveToLost(dataDir: string, id: number, format: Format): void {
  const from = storedFile(dataDir, id, format)
  const to = lostFile(dataDir, id, format)
  removeFile(to)
  if (!linkFile(from, to)) renameFile(from, to)
}

/** Removes what is ours from a directory, and nothing of others: a first start may meet a folder of theirs. */
export function removeOwn(directory: string, isOurs: (name: string) => boolean): void {
  for (const name of eachName(directory)) if (isOurs(name)) removeTree(join(directory, name))
}
