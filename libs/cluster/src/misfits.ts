import {
  type Cancellation,
  type Format,
  type Misfit,
  type Refusal,
  refusalError,
  storedFile,
} from '@table/storage'
import { readNote } from './catalogue/notes.ts'
import { findUpload } from './catalogue/rows.ts'
import type { Cluster } from './cluster.ts'
import { withFiles } from './ownKernels.ts'

const FORMAT: Format = 'csv'

/** Makes the error that tells why a column has no sum: the upload, and the line and the value that are no number. */
export async function refusalFor(
  cluster: Cluster,
  refusal: Refusal,
  cancellation: Cancellation,
  signal: AbortSignal,
): Promise<Error> {
  const { upload, columnIndex } = refusal
  const note = await readNote(cluster.database, upload.id, columnIndex)
  const misfit = note ? note.misfit : await findMisfit(cluster, refusal, cancellation, signal)
  const found = await findUpload(cluster.database, cluster.uploads.schemas, upload.id)
  return refusalError(refusal, misfit, found?.name)
}

/** Looks for the misfit in the CSV: at first up to its first cut, since in a column without a note the misfit is near the start. */
async function findMisfit(
  cluster: Cluster,
  { upload: { id }, columnIndex, columns }: Refusal,
  cancellation: Cancellation,
  signal: AbortSignal,
): Promise<Misfit | undefined> {
  const { uploads } = await cluster.uploads.snapshot()
  const listed = Iterator.from(uploads[Symbol.iterator]()).find(upload => upload.id === id)
  if (!listed) return undefined
  const upload = { ...listed }
  const { object } = cluster.uploads.particulars.get(id)
  const look = (csvBytes: number) => {
    const part = { ...upload, csvBytes, csvCuts: upload.csvCuts.filter(cut => cut < csvBytes) }
    const file = { upload: part, object, columns: [columnIndex], wholeBytes: upload.csvBytes }
    return withFiles(cluster, [file], FORMAT, signal, folder =>
      cluster.workers.run('misfitAt', {
        path: storedFile(folder, id, FORMAT),
        columns,
        columnIndex,
        cancellation,
      }),
    )
  }
  const [cut] = upload.csvCuts
  return (cut === undefined ? undefined : await look(cut)) ?? look(upload.csvBytes)
}
