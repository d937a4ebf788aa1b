import type { ColumnStats, Description } from '@table/table'
import type { NamedColumns, TypeCount } from '../catalogue/census.ts'
import type { ListedUploads } from '../catalogue/uploadList.ts'
import { shownBounds, shownStats } from './answer.ts'
import type { UploadsExtent } from './footers.ts'
import { type ColumnPartial, emptyExtent } from './partial.ts'

/** Says what is in a table. `named`: its columns. `found`: what the footers say of them. */
export function descriptionOf(
  uploads: ListedUploads,
  named: NamedColumns,
  found: UploadsExtent,
): Description {
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

/** Says what the statistics of a column are. `partial`: of all its values. */
export function columnStatsOf(
  name: string,
  types: readonly TypeCount[],
  partial: ColumnPartial,
): ColumnStats {
  const shown = shownStats(
    types.map(({ type }) => type),
    partial,
  )
  return { name, types, ...shown }
}
