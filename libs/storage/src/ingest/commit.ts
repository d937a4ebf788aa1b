import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { type Contents, findUpload, insertUpload } from '../catalogue/database.ts'
import type { NewUpload, Upload } from '../catalogue/upload.ts'
import { StorageError } from '../errors.ts'
import { fileSize, readWholeFile, removeFile, renameFile, syncPath } from '../files.ts'
import { filesDirectory, formats, incomingFile, storedFile } from '../paths.ts'
import type { Arrival } from './arrival.ts'
import { type Converted, convertCsv, convertGrowingCsv } from './convert.ts'
import { findFirstUpload, type UploadId } from './deduplication.ts'
import { SMALL_BYTES, writeNewFile } from './smallUploads.ts'

/** What an upload may have besides its bytes. */
export interface CommitOptions {
  /** Says when nobody waits for the upload any more. */
  cancellation?: Cancellation | undefined
  /** The client's id of the upload, which only one upload can have. */
  uploadId?: UploadId | undefined
  /** What the client calls the file. */
  name?: string | undefined
}

/** A committed upload with the warnings for its client. */
export interface CommittedUpload extends Upload {
  readonly warnings: readonly string[]
}

/** How a received upload is committed. */
export interface ReceivedOptions extends CommitOptions {
  /** The received bytes, if they are not in a file. */
  held?: Uint8Array | undefined
  /** Whether this upload may take much memory, because no other conversion does. Otherwise a large one is refused as `heavy`. */
  alone?: boolean
  /** Whether the files of a small upload may be synced later. */
  deferSync?: boolean
}

/**
 * Converts and commits an upload while it arrives. Returns undefined if anything prevents that. The caller
 * then uses `commitUpload` once the upload is complete, which succeeds or says why not.
 */
export function commitArrivingUpload(
  dataDir: string,
  id: number,
  receivedAt: string,
  arrival: Arrival,
  options: CommitOptions = {},
): CommittedUpload | undefined {
  const csv = incomingFile(dataDir, id, 'csv')
  const parquet = incomingFile(dataDir, id, 'parquet')
  const converted = convertGrowingCsv(csv, parquet, wanted => arrival.waitFor(wanted), options.cancellation)
  if (converted && arrival.waitForDisk()) return commit(dataDir, id, receivedAt, converted, options)
  // If the rest of the upload never comes, nobody else removes this file.
  removeAll([parquet])
  return undefined
}

/**
 * Turns a received upload, `incoming/<id>.csv` on the disk or `held` in memory, into a committed one. The row
 * is written last, when the files have their final names and are on the disk, so a row always has its files.
 * A small upload is the exception: its files are synced later, so its row goes to the disk with their contents.
 * After an error nothing of the upload is left, with two exceptions:
 * after `heavy` the upload must be converted again, `alone`; after `undecided` the process must end.
 *
 * If the `uploadId` is already committed, nothing of this upload is left either: if the bytes are equal, the
 * first upload is returned, otherwise StorageError `invalid` is thrown.
 */
export function commitUpload(
  dataDir: string,
  id: number,
  receivedAt: string,
  options: ReceivedOptions = {},
): CommittedUpload {
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
  { checksums, notes, warnings, ...converted }: Converted,
  { cancellation, uploadId, name, held, deferSync = true }: ReceivedOptions,
): CommittedUpload {
  const made = formats.map(format => incomingFile(dataDir, id, format))
  try {
    const csvBytes = held?.length ?? fileSize(incomingFile(dataDir, id, 'csv')) ?? 0
    const upload: NewUpload = { id, receivedAt, name, csvBytes, ...converted }
    const stored = formats.map(format => storedFile(dataDir, id, format))
    stored.forEach((path, i) => {
      renameFile(made[i] as string, path)
      made.push(path)
    })
    const small = deferSync && csvBytes + upload.parquetBytes <= SMALL_BYTES
    // A CSV that was received into a file is already on the disk.
    const unsynced = held ? stored : [storedFile(dataDir, id, 'parquet')]
    if (!small) for (const path of [...unsynced, filesDirectory(dataDir)]) syncPath(path)
    const contents = small ? contentsOf(dataDir, upload, held) : undefined
    throwIfCancelled(cancellation)
    for (;;) {
      const inserted = insertUpload(dataDir, upload, { checksums, uploadId, notes }, contents)
      if (inserted) return { ...inserted, warnings }
      const first = findFirstUpload(dataDir, uploadId as UploadId, storedFile(dataDir, id, 'csv'))
      // The first upload was deleted in between, so its upload-id is free now.
      if (!first) continue
      removeAll(made)
      return { ...first, warnings: [] }
    }
  } catch (error) {
    // Keep the files if nobody knows whether the row is in: the next start finds out, and then needs them.
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

/**
 * Finds out what became of an upload whose worker died in `commitUpload`. Returns the upload if its row was
 * committed; otherwise removes what is left of it and returns undefined. Call this after the worker has
 * ended.
 */
export function settleUpload(dataDir: string, id: number): CommittedUpload | undefined {
  const upload = findUpload(dataDir, id)
  if (upload) return { ...upload, warnings: [] }
  removeAll(formats.flatMap(format => [incomingFile(dataDir, id, format), storedFile(dataDir, id, format)]))
  return undefined
}

function removeAll(paths: readonly string[]): void {
  for (const path of paths)
    try {
      removeFile(path)
    } catch {
      // The caller needs the first error. The next start removes the file.
    }
}
