import {
  type Cancellation,
  cancelledOnError,
  emptyExtent,
  type Store,
  shownBounds,
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
  let csvBytes = 0
  let parquetBytes = 0
  for (const upload of uploads) {
    csvBytes += upload.csvBytes
    parquetBytes += upload.parquetBytes
  }
  const columns = named.columns.map(({ name, types }) => {
    const extent = found.columns.get(name) ?? emptyExtent()
    const bounds = shownBounds(
      types.map(({ type }) => type),
      extent,
    )
    const { rows, nulls } = extent
    return {
      name,
      types,
      uploads: types.reduce((sum, type) => sum + type.uploads, 0),
      rows,
      nulls,
      ...bounds,
    }
  })
  return {
    uploads: uploads.length,
    rows: found.rows,
    csvBytes,
    parquetBytes,
    columns,
    moreColumns: named.more,
  }
}
