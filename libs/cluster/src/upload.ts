import {
  type Cancellation,
  cancellationOf,
  incomingFile,
  log,
  type Misfit,
  otherBytes,
  receive,
  removeFileAsync,
  warningsOf,
} from '@table/storage'
import type { CsvBody, UploadOptions, UploadResult } from '@table/table'
import { findUpload } from './catalogue/rows.ts'
import type { Cluster } from './cluster.ts'
import { newObjectName } from './objectName.ts'
import { deleteObjects, putObjects, type StoredObjects } from './objects/uploadObjects.ts'
import type { SpooledUpload } from './tasks.ts'

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
    const { converted, held } = await receiveAndConvert(cluster, id, csv, cancellation)
    const stored = await storeObjects(cluster, id, converted, held, signal)
    return await commit(cluster, id, { ...stored, receivedAt, ...options }, converted, cancellation)
  } finally {
    await Promise.all([
      removeFileAsync(incomingFile(spool.path, id, 'csv')),
      removeFileAsync(incomingFile(spool.path, id, 'parquet')),
    ])
  }
}

async function receiveAndConvert(
  { spool, conversions, workers }: Cluster,
  id: number,
  csv: CsvBody,
  cancellation: Cancellation,
): Promise<{ converted: SpooledUpload; held: Uint8Array | undefined }> {
  const task = { spool: spool.path, id, cancellation }
  const { held, attempt } = await receive(csv, { directory: spool.path, id }, ({ shared: arrival }) =>
    conversions.run(() => workers.run('convertArriving', { ...task, arrival })),
  )
  const convert = (alone: boolean) => conversions.run(() => workers.run('convert', { ...task, held, alone }))
  return { converted: (await attempt) ?? (await conversions.lightOrAlone(convert)), held }
}

function storeObjects(
  { spool, objects }: Cluster,
  id: number,
  { csvBytes, parquetBytes }: SpooledUpload,
  held: Uint8Array | undefined,
  signal: AbortSignal,
): Promise<StoredObjects> {
  const csv = held ?? { path: incomingFile(spool.path, id, 'csv'), length: csvBytes }
  const parquet = { path: incomingFile(spool.path, id, 'parquet'), length: parquetBytes }
  return putObjects(objects, newObjectName(), { csv, parquet }, signal)
}

async function commit(
  cluster: Cluster,
  id: number,
  stored: StoredObjects & UploadOptions & { receivedAt: string },
  { warnings, ambiguousLines, ...converted }: SpooledUpload,
  cancellation: Cancellation,
): Promise<UploadResult> {
  const { commits, uploads, spool } = cluster
  const row = {
    ...converted,
    ...stored,
    uploadId: stored.uploadId,
    name: stored.name,
    ownKernels: ambiguousLines,
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
    // Objects without a row are removed later if this fails.
    await deleteObjects(cluster.objects, stored.object).catch(() => {})
    if (first.isSame) return first.result
    throw otherBytes(stored.uploadId as Uint8Array, { id: committed.id, receivedAt: first.receivedAt })
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
  const { rows, columns, csvBytes, csvCuts, checksums, receivedAt } = first
  const isSame = await workers.run('hasSameBytes', { path, csvBytes, csvCuts, checksums: checksums.csv })
  return { isSame, result: { id, isNew: false, rows, csvBytes, columns, warnings: [] }, receivedAt }
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
    log.error(error)
    return []
  }
}
