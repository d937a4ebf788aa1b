import {
  type Cancellation,
  cancellationOf,
  type Format,
  formats,
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

/** An uploaded CSV: in the spool, or in memory if it is small. */
interface ReceivedCsv {
  path: string
  held: Uint8Array | undefined
}

/** Receives and converts a CSV in the spool, stores both files as objects, and commits them. A committed upload is acknowledged. */
export async function upload(
  cluster: Cluster,
  body: CsvBody,
  options: UploadOptions,
  signal: AbortSignal,
): Promise<UploadResult> {
  const { spool, objects } = cluster
  const id = spool.nextUpload()
  const cancellation = cancellationOf(signal)
  const receivedAt = new Date().toISOString()
  let spooled: readonly Format[] = formats
  try {
    const { csv, converted } = await receiveAndConvert(cluster, id, body, cancellation)
    const files = {
      csv: csv.held ?? { path: csv.path, length: converted.csvBytes },
      parquet: converted.parquet ?? {
        path: incomingFile(spool.path, id, 'parquet'),
        length: converted.parquetBytes,
      },
    }
    spooled = formats.filter(format => 'path' in files[format])
    const stored = await putObjects(objects, newObjectName(), files, signal)
    return await commit(cluster, csv, { ...stored, receivedAt, ...options }, converted, cancellation)
  } catch (error) {
    // A worker that died may have left the file of a CSV that is held in memory.
    spooled = formats
    throw error
  } finally {
    await Promise.all(spooled.map(format => removeSpooled(incomingFile(spool.path, id, format))))
  }
}

/** Never rejects: the upload may be stored. The next start removes what is left. */
function removeSpooled(path: string): Promise<void> {
  return removeFileAsync(path).catch(log.error)
}

async function receiveAndConvert(
  { spool, conversions, workers }: Cluster,
  id: number,
  body: CsvBody,
  cancellation: Cancellation,
): Promise<{ csv: ReceivedCsv; converted: SpooledUpload }> {
  const task = { spool: spool.path, id, cancellation }
  const { held, attempt } = await receive(body, { directory: spool.path, id }, ({ shared: arrival }) =>
    conversions.run(() => workers.run('convertArriving', { ...task, arrival })),
  )
  const convert = (alone: boolean) => conversions.run(() => workers.run('convert', { ...task, held, alone }))
  const converted = (await attempt) ?? (await conversions.lightOrAlone(convert))
  return { csv: { path: incomingFile(spool.path, id, 'csv'), held }, converted }
}

async function commit(
  cluster: Cluster,
  csv: ReceivedCsv,
  stored: StoredObjects & UploadOptions & { receivedAt: string },
  { warnings, ambiguousLines, ...converted }: SpooledUpload,
  cancellation: Cancellation,
): Promise<UploadResult> {
  const { commits, uploads } = cluster
  const row = {
    ...converted,
    ...stored,
    uploadId: stored.uploadId,
    name: stored.name,
    ownKernels: ambiguousLines,
  }
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
  csv: ReceivedCsv,
): Promise<{ isSame: boolean; result: UploadResult; receivedAt: string } | undefined> {
  const first = await findUpload(database, uploads.schemas, id)
  if (!first) return undefined
  const { rows, columns, csvBytes, csvCuts, checksums, receivedAt } = first
  const isSame = await workers.run('hasSameBytes', { ...csv, csvBytes, csvCuts, checksums: checksums.csv })
  return { isSame, result: { id, isNew: false, rows, csvBytes, columns, warnings: [] }, receivedAt }
}

/** Returns the warnings for the columns that clash with those of other uploads. Never rejects: the upload is stored. */
async function clashWarnings(
  { workers }: Cluster,
  csv: ReceivedCsv,
  { columns, notes }: Pick<SpooledUpload, 'columns' | 'notes'>,
  clashes: Parameters<typeof warningsOf>[0],
  cancellation: Cancellation,
): Promise<string[]> {
  try {
    const misfits = new Map<number, Misfit | undefined>()
    for (const { position } of clashes.slice(0, MOST_NAMED)) {
      const note = notes.find(note => note.position === position)
      const task = { ...csv, columns: columns.length, columnIndex: position, cancellation }
      misfits.set(position, note ? note.misfit : await workers.run('misfitAt', task))
    }
    return warningsOf(clashes, position => misfits.get(position))
  } catch (error) {
    log.error(error)
    if (csv.held) await removeSpooled(csv.path)
    return []
  }
}
