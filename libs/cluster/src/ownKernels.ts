// Questions that our kernels answer: the files are fetched into the spool, some at a time, and removed again.
import { rm } from 'node:fs/promises'
import {
  type Cancellation,
  type ColumnPartial,
  type ColumnPlaces,
  cancelledOnError,
  emptyPartial,
  type Format,
  type ListedUpload,
  mergeColumns,
  type PartialSum,
  placesBySchema,
  planStats,
  planSum,
  releasePlan,
} from '@table/storage'
import { readCsvChecksums } from './catalogue/rows.ts'
import type { Cluster } from './cluster.ts'
import type { Part } from './division.ts'
import { fetchFiles, type WantedFile } from './spool/fetch.ts'

/** How many bytes and files of objects a question has in the spool at a time. One large file may be more. */
const BATCH_BYTES = 256 * 1024 * 1024
const BATCH_FILES = 1024

export interface OwnQuestion {
  format: Format
  cancellation: Cancellation
  signal: AbortSignal
}

/** Returns partial sums of the one column of a part, and ends early if an upload turns out to hold other texts than integers. */
export async function ownSum(
  cluster: Cluster,
  { uploads, places }: Part,
  { format, cancellation, signal }: OwnQuestion,
): Promise<PartialSum[]> {
  const { workers } = cluster
  const partials: PartialSum[] = []
  for (const batch of batches(cluster, uploads, places, format)) {
    await withFiles(cluster, batch, format, signal, async folder => {
      const listed = batch.map(({ upload }) => upload)
      for (const plan of planSum(listed, places[0] as ColumnPlaces, format, workers.count)) {
        const task = { folder, plan, cancellation }
        const sums = Array.from({ length: plan.workers }, () => workers.run('sum', task))
        partials.push(...(await cancelledOnError(cancellation, Promise.all(sums))))
        releasePlan(plan)
      }
    })
    if (partials.some(({ refused }) => refused !== undefined)) break
  }
  return partials
}

/** Returns the partials of the columns of a part, in their order. */
export async function ownStats(
  cluster: Cluster,
  { uploads, places }: Part,
  { format, cancellation, signal }: OwnQuestion,
): Promise<ColumnPartial[]> {
  const { workers } = cluster
  const partials = places.map(emptyPartial)
  for (const batch of batches(cluster, uploads, places, format))
    await withFiles(cluster, batch, format, signal, async folder => {
      const listed = batch.map(({ upload }) => upload)
      for (const plan of planStats(listed, places, format, workers.count)) {
        const task = { folder, plan, cancellation }
        const stats = Array.from({ length: plan.workers }, () => workers.run('stats', task))
        for (const found of await cancelledOnError(cancellation, Promise.all(stats)))
          found.forEach((partial, i) => {
            partials[i] = mergeColumns(partials[i] as ColumnPartial, partial)
          })
        releasePlan(plan)
      }
    })
  return partials
}

/** Fetches the files of a batch, uses them, and removes them. */
export async function withFiles<T>(
  cluster: Cluster,
  batch: readonly WantedFile[],
  format: Format,
  signal: AbortSignal,
  use: (folder: string) => Promise<T>,
): Promise<T> {
  const { objects, workers, database, spool } = cluster
  const folder = spool.makeFolder()
  try {
    const context = { objects, workers, csvChecksums: readCsvChecksums.bind(undefined, database) }
    await fetchFiles(context, folder, format, batch, signal)
    return await use(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** Yields the uploads that have a column at one of the places, some at a time. */
function* batches(
  { uploads: { particulars } }: Cluster,
  uploads: Iterable<ListedUpload>,
  places: readonly ColumnPlaces[],
  format: Format,
): Generator<WantedFile[]> {
  const finders = places.map(placesBySchema)
  let batch: WantedFile[] = []
  let bytes = 0
  for (const listed of uploads) {
    const wanted = finders.map(placeOf => placeOf(listed.schema))
    const columns = wanted.flatMap((place, i) => (place < 0 ? [] : [places[i]?.positions[place] ?? 0]))
    if (columns.length === 0) continue
    if (batch.length === BATCH_FILES || (bytes > BATCH_BYTES && batch.length > 0)) {
      yield batch
      batch = []
      bytes = 0
    }
    // A snapshot yields one object for all of its uploads.
    const upload = { ...listed }
    batch.push({ upload, object: particulars.get(upload.id).object, columns })
    bytes += format === 'csv' ? upload.csvBytes : upload.parquetBytes
  }
  if (batch.length > 0) yield batch
}
