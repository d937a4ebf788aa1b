import {
  type Cancellation,
  cancelledOnError,
  descriptionOf,
  type Store,
  type UploadRuns,
} from '@table/storage'
import type { Description } from '@table/table'
import type { Pool } from './pool.ts'

/** Returns what is in the table. `runs` knows the footers of the uploads that were described before. */
export async function description(
  { catalogue }: Store,
  pool: Pool,
  runs: UploadRuns,
  most: { columns: number; bytes: number },
  cancellation: Cancellation,
): Promise<Description> {
  const { uploads, named } = await catalogue.described(most.columns, most.bytes)
  const names = named.more > 0 ? named.columns.map(({ name }) => name) : undefined
  const found = await cancelledOnError(
    cancellation,
    runs.extentOf(uploads, names, pool.workers, task => pool.readFooters(task, cancellation)),
  )
  return descriptionOf(uploads, named, found)
}
