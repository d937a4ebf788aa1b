import { rm } from 'node:fs/promises'
import {
  Arrival,
  type Cancellation,
  cancellationOf,
  createSpool,
  incomingFile,
  type Misfit,
  StorageError,
  spoolParts,
  warningsOf,
} from '@table/storage'
import type { CsvBody, UploadOptions, UploadResult } from '@table/table'
import { uuidOf } from './catalogue/particulars.ts'
import { findUpload } from './catalogue/rows.ts'
import type { Cluster } from './cluster.ts'
import { newObjectName } from './objectName.ts'
import { keyOf } from './spool/fetch.ts'
import type { SpooledUpload } from './tasks.ts'

/** An upload of at least this many bytes is converted while it arrives. */
const LARGE_BYTES = 512 * 1024

/** More clashes than an answer names. */
const MOST_NAMED = 1000

/** Receives and converts a CSV in the spool, stores both files as objects, and commits them. A committed upload is acknowledged. */
export async function upload(
  cluster: Cluster,
  csv: CsvBody,
  options: UploadOptions,
  signal: AbortSignal,
): Promise<UploadResult> {
  const { spool } = cluster
  const id = spool.nextUpload()
  const cancellation = cancellationOf(signal)
  const receivedAt = new Date().toISOString()
  try {
    const { converted, held } = await receive(cluster, id, csv, cancellation)
    const stored = await storeObjects(cluster, id, converted, held, signal)
    return await commit(cluster, id, { ...stored, receivedAt, ...options }, converted, cancellation)
  } finally {
    await Promise.all([
      rm(incomingFile(spool.path, id, 'csv'), { force: true }),
      rm(incomingFile(spool.path, id, 'parquet'), { force: true }),
    ])
  }
}

async function receive(
  { spool, conversions }: Cluster,
  id: number,
  csv: CsvBody,
  cancellation: Cancellation,
): Promise<{ converted: SpooledUpload; held: Uint8Array | undefined }> {
  let attempt: Promise<SpooledUpload | undefined> = Promise.resolve(undefined)
  const convertMeanwhile = async (arrival: Arrival) =>
    (await arrival.reached(LARGE_BYTES)) ? conversions.arriving(id, arrival, cancellation) : undefined
  const { held } = await spoolParts(csv, () => {
    const arrival = new Arrival()
    attempt = attempt.then(() => convertMeanwhile(arrival))
    attempt.catch(() => {}) // the attempt is awaited below, once everything has arrived
    return createSpool(spool.path, id, arrival)
  })
  return { converted: (await attempt) ?? (await conversions.whole(id, held, cancellation)), held }
}

interface StoredObjects {
  object: string
  csvEtag: string
  parquetEtag: string
  storedAt: number
}

async function storeObjects(
  { spool, objects }: Cluster,
  id: number,
  { csvBytes, parquetBytes }: SpooledUpload,
  held: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<StoredObjects> {
  const object = newObjectName()
  const csv = held ?? { path: incomingFile(spool.path, id, 'csv'), length: csvBytes }
  const parquet = { path: incomingFile(spool.path, id, 'parquet'), length: parquetBytes }
  const [storedCsv, storedParquet] = await Promise.all([
    objects.put(keyOf(object, 'csv'), csv, signal),
    objects.put(keyOf(object, 'parquet'), parquet, signal),
  ])
  return {
    object,
    csvEtag: storedCsv.etag,
    parquetEtag: storedParquet.etag,
    storedAt: Math.max(storedCsv.storedAt, storedParquet.storedAt),
  }
}

async function commit(
  cluster: Cluster,
  id: number,
  stored: StoredObjects & UploadOptions & { receivedAt: string },
  { warnings, ...converted }: SpooledUpload,
  cancellation: Cancellation,
): Promise<UploadResult> {
  const { commits, uploads, spool } = cluster
  const row = {
    ...converted,
    ...stored,
    uploadId: stored.uploadId,
    name: stored.name,
    ownKernels: false,
  }
  const csv = incomingFile(spool.path, id, 'csv')
  for (;;) {
    const { committed, clashes } = await uploads.committed(() => commits.commit(row))
    if (!committed.isRepeated) {
      const { rows, csvBytes, columns } = converted
      const clashing = await clashWarnings(cluster, csv, converted, clashes, cancellation)
      return { id: committed.id, isNew: true, rows, csvBytes, columns, warnings: [...warnings, ...clashing] }
    }
    const first = await firstUpload(cluster, committed.id, csv)
    // The first upload was deleted in between, so its upload-id is free now.
    if (!first) continue
    await removeObjects(cluster, stored.object)
    if (first.isSame) return first.result
    throw new StorageError(
      'invalid',
      `upload-id ${uuidOf(stored.uploadId as Uint8Array)}: other bytes were uploaded under it (upload ${committed.id}, received ${first.receivedAt}): give other data an id of its own`,
    )
  }
}

/** Returns the upload that was committed before under the same id; undefined if it was deleted meanwhile. */
async function firstUpload(
  { database, uploads, workers }: Cluster,
  id: number,
  path: string,
): Promise<{ isSame: boolean; result: UploadResult; receivedAt: string } | undefined> {
  const first = await findUpload(database, uploads.schemas, id)
  if (!first) return undefined
  const { rows, columns, csvBytes, csvCuts: cuts, checksums, receivedAt } = first
  const isSame = await workers.run('hasSameBytes', { path, bytes: csvBytes, cuts, checksums: checksums.csv })
  return { isSame, result: { id, isNew: false, rows, csvBytes, columns, warnings: [] }, receivedAt }
}

/** Removes objects that no row has. Never rejects: objects without a row are removed later. */
async function removeObjects({ objects }: Cluster, object: string): Promise<void> {
  await Promise.allSettled([objects.delete(keyOf(object, 'csv')), objects.delete(keyOf(object, 'parquet'))])
}

/** Returns the warnings for the columns that clash with those of other uploads. Never rejects: the upload is stored. */
async function clashWarnings(
  { workers }: Cluster,
  path: string,
  { columns, notes }: Pick<SpooledUpload, 'columns' | 'notes'>,
  clashes: Parameters<typeof warningsOf>[0],
  cancellation: Cancellation,
): Promise<string[]> {
  try {
    const misfits = new Map<number, Misfit | undefined>()
    for (const { position } of clashes.slice(0, MOST_NAMED)) {
      const note = notes.find(note => note.position === position)
      const task = { path, columns: columns.length, columnIndex: position, cancellation }
      misfits.set(position, note ? note.misfit : await workers.run('misfitAt', task))
    }
    return warningsOf(clashes, position => misfits.get(position))
  } catch (error) {
    console.error(error)
    return []
  }
}
