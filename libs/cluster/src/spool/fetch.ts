// Brings objects, or the parts of them that a question needs, into a folder that looks like a data directory, where our kernels read them.
import { type FileHandle, open } from 'node:fs/promises'
import {
  checkFreeSpaceAsync,
  damagedUpload,
  type Format,
  type ListedUpload,
  StorageError,
  storedFile,
} from '@table/storage'
import { checkedParts } from '../objects/checkedParts.ts'
import type { ObjectStore } from '../objects/objectStore.ts'
import { keyOf } from '../objects/uploadObjects.ts'
import type { FileRange, Workers } from '../tasks.ts'

/** An upload whose file is wanted, and the positions of the columns that are. */
export interface WantedFile {
  upload: ListedUpload
  object: string
  columns: readonly number[]
  /** The size of the CSV's object, if only its beginning is wanted. */
  wholeBytes?: number
}

/** A Parquet file of at most so many bytes is fetched whole. */
const SMALL_BYTES = 256 * 1024
/** How many objects are fetched at once. */
const FETCHES = 16

export interface FetchContext {
  objects: ObjectStore
  workers: Workers
  /** Returns the checksums of the CSVs of uploads. */
  csvChecksums(ids: readonly number[]): Promise<ReadonlyMap<number, Uint8Array>>
}

/**
 * Fetches the files of uploads: a CSV whole, of a Parquet file the footer and the wanted columns. Throws StorageError `damaged`, which names
 * the upload, if an object is missing or has changed.
 */
export async function fetchFiles(
  context: FetchContext,
  folder: string,
  format: Format,
  wanted: readonly WantedFile[],
  signal: AbortSignal,
): Promise<void> {
  await checkFreeSpaceAsync(folder)
  const ids = wanted.map(({ upload }) => upload.id)
  const checksums = format === 'csv' ? await context.csvChecksums(ids) : new Map<number, Uint8Array>()
  const failed = new AbortController()
  const either = AbortSignal.any([signal, failed.signal])
  const files = wanted.values()
  const fetchSome = async () => {
    for (const file of files)
      try {
        await (format === 'csv'
          ? fetchCsv(context, folder, file, checksums.get(file.upload.id), either)
          : fetchParquet(context, folder, file, either))
      } catch (error) {
        failed.abort()
        const isDamaged = error instanceof StorageError && error.code === 'damaged'
        throw isDamaged ? damagedUpload(file.upload.id, format, error) : error
      }
  }
  const done = await Promise.allSettled(Array.from({ length: Math.min(FETCHES, wanted.length) }, fetchSome))
  const errors = done.flatMap(result => (result.status === 'rejected' ? [result.reason] : []))
  // The others were only cancelled because of the first one.
  if (errors.length > 0) throw errors.find(({ code }) => code !== 'cancelled') ?? errors[0]
}

async function fetchCsv(
  { objects }: FetchContext,
  folder: string,
  { upload, object, wholeBytes }: WantedFile,
  checksums: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { id, csvBytes, csvCuts } = upload
  const key = keyOf(object, 'csv')
  const bytes = wholeBytes ?? csvBytes
  await withNewFile(storedFile(folder, id, 'csv'), csvBytes, file => {
    const read = (start: number, end: number) => objects.read(key, { start, end, bytes }, signal)
    return write(file, 0, checkedParts(key, [...csvCuts, csvBytes], checksums, read))
  })
}

async function fetchParquet(
  { objects, workers }: FetchContext,
  folder: string,
  { upload, object, columns }: WantedFile,
  signal: AbortSignal,
): Promise<void> {
  const { id, parquetBytes: bytes, footerBytes, footerCrc } = upload
  const path = storedFile(folder, id, 'parquet')
  const key = keyOf(object, 'parquet')
  await withNewFile(path, bytes, async file => {
    const fetch = (range: FileRange) =>
      write(file, range.start, objects.read(key, { ...range, bytes }, signal))
    if (bytes <= SMALL_BYTES) return fetch({ start: 0, end: bytes })
    await fetch({ start: bytes - footerBytes, end: bytes })
    for (const range of await workers.run('chunkRanges', { path, footerBytes, footerCrc, columns }))
      await fetch(range)
  })
}

/** Makes a file of this size without any bytes yet. */
async function withNewFile(
  path: string,
  bytes: number,
  fill: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = await open(path, 'wx')
  try {
    await file.truncate(bytes)
    await fill(file)
  } finally {
    await file.close()
  }
}

/** Writes parts one behind the other, the first one at `start`. */
async function write(file: FileHandle, start: number, parts: AsyncIterable<Uint8Array>): Promise<void> {
  let position = start
  for await (const part of parts) {
    for (let done = 0; done < part.length; )
      done += (await file.write(part, done, part.length - done, position + done)).bytesWritten
    position += part.length
  }
}
