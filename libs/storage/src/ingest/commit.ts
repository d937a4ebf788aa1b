import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { type Contents, findUpload, insertUpload } from '../catalogue/database.ts'
import type { NewUpload, Upload } from '../catalogue/upload.ts'
import { StorageError } from '../errors.ts'
import { closeFile, fileSize, openFile, readAt, removeFile, renameFile, syncPath } from '../files.ts'
import { filesDirectory, formats, incomingFile, storedFile } from '../paths.ts'
import type { Arrival } from './arrival.ts'
import { type Converted, convertCsv, convertGrowingCsv } from './convert.ts'
import { findFirstUpload, type UploadId } from './deduplication.ts'
import { SMALL_BYTES, writeNewFile } from './smallUploads.ts'

/** What an upload can be given besides its bytes. */
export interface CommitOptions {
  /** Says when nobody waits for the upload any more. */
  cancellation?: Cancellation | undefined
  /** The client's id of the upload, which only one upload can have. */
  uploadId?: UploadId | undefined
}

/** How a received upload is committed. */
export interface ReceivedOptions extends CommitOptions {
  /** What was received, if it is in no file yet. */
  held?: Uint8Array | undefined
  /** Whether no other worker converts anything that takes much memory. Otherwise such an upload is refused as `heavy`. */
  alone?: boolean
  /** Whether the files of a small upload may be synced later. */
  deferSync?: boolean
}

/**
 * Converts and commits an upload while it arrives. Returns undefined if that cannot be done, for whatever reason:
 * `commitUpload` will do it when all is there, or say why not.
 */
export function commitArrivingUpload(
  dataDir: string,
  id: number,
  receivedAt: string,
  arrival: Arrival,
  options: CommitOptions = {},
): Upload | undefined {
  const csv = incomingFile(dataDir, id, 'csv')
  const parquet = incomingFile(dataDir, id, 'parquet')
  const converted = convertGrowingCsv(csv, parquet, wanted => arrival.waitFor(wanted), options.cancellation)
  if (converted && arrival.waitForDisk()) return commit(dataDir, id, receivedAt, converted, options)
  // The rest may never come, and then nobody else would remove it.
  removeAll([parquet])
  return undefined
}

/**
 * Turns the received `incoming/<id>.csv`, which is on the disk, into a committed upload: its files have their final names and are
 * on the disk before its row is, so a row always has its files. The files of a small upload are in the row as well. On any error
 * nothing of the upload is left, but for `heavy`: then it is to be done again, `alone`; and for `undecided`: then the process has
 * to end.
 *
 * With an `uploadId` that is committed already, nothing is left of this upload either: if it has the same bytes, the first one is
 * returned, else StorageError `invalid` thrown.
 */
export function commitUpload(
  dataDir: string,
  id: number,
  receivedAt: string,
  options: ReceivedOptions = {},
): Upload {
  const { cancellation, held, alone = true } = options
  const csv = incomingFile(dataDir, id, 'csv')
  const parquet = incomingFile(dataDir, id, 'parquet')
  let converted: Converted
  try {
    if (held) writeNewFile(csv, held)
    converted = convertCsv(csv, parquet, cancellation, alone)
  } catch (error) {
    const again = error instanceof StorageError && error.code === 'heavy'
    removeAll(again ? [parquet] : [csv, parquet])
    throw error
  }
  return commit(dataDir, id, receivedAt, converted, options)
}

function commit(
  dataDir: string,
  id: number,
  receivedAt: string,
  { checksums, ...converted }: Converted,
  { cancellation, uploadId, held, deferSync = true }: ReceivedOptions,
): Upload {
  const made = formats.map(format => incomingFile(dataDir, id, format))
  try {
    const csvBytes = held?.length ?? fileSize(incomingFile(dataDir, id, 'csv')) ?? 0
    const upload: NewUpload = { id, receivedAt, csvBytes, ...converted }
    const stored = formats.map(format => storedFile(dataDir, id, format))
    stored.forEach((path, i) => {
      renameFile(made[i] as string, path)
      made.push(path)
    })
    const small = deferSync && csvBytes + upload.parquetBytes <= SMALL_BYTES
    // A CSV that was received into a file is on the disk.
    const unsynced = held ? stored : [storedFile(dataDir, id, 'parquet')]
    if (!small) for (const path of [...unsynced, filesDirectory(dataDir)]) syncPath(path)
    const contents = small ? contentsOf(dataDir, upload, held) : undefined
    throwIfCancelled(cancellation)
    const inserted = insertUpload(dataDir, upload, { checksums, uploadId }, contents)
    if (inserted) return inserted
    const first = findFirstUpload(dataDir, uploadId as UploadId, storedFile(dataDir, id, 'csv'))
    removeAll(made)
    return first
  } catch (error) {
    // Whether the row is in, the next start finds out: it needs the files then.
    if (!(error instanceof StorageError && error.code === 'undecided')) removeAll(made)
    throw error
  }
}

function contentsOf(
  dataDir: string,
  { id, csvBytes, parquetBytes }: NewUpload,
  held: Uint8Array | undefined,
): Contents {
  return {
    csv: held ?? readWholeFile(storedFile(dataDir, id, 'csv'), csvBytes),
    parquet: readWholeFile(storedFile(dataDir, id, 'parquet'), parquetBytes),
  }
}

function readWholeFile(path: string, size: number): Uint8Array {
  const file = openFile(path)
  try {
    const bytes = new Uint8Array(size)
    readAt(file, bytes, 0)
    return bytes
  } finally {
    closeFile(file)
  }
}

/**
 * What became of an upload whose worker died in `commitUpload`: the upload, if its row was committed; otherwise
 * undefined, and what was left of it is removed. Only after that worker has ended.
 */
export function settleUpload(dataDir: string, id: number): Upload | undefined {
  const upload = findUpload(dataDir, id)
  if (upload === undefined)
    removeAll(formats.flatMap(format => [incomingFile(dataDir, id, format), storedFile(dataDir, id, format)]))
  return upload
}

function removeAll(paths: readonly string[]): void {
  for (const path of paths)
    try {
      removeFile(path)
    } catch {
      // The caller needs the error that came first. What stays, the next start removes.
    }
}
