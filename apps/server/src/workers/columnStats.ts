import {
  type Cancellation,
  cancelledOnError,
  columnStatsOf,
  countTypes,
  emptyPartial,
  formatOf,
  mergeColumns,
  planStats,
  releasePlan,
  type Store,
} from '@table/storage'
import type { ColumnStats } from '@table/table'
import type { Pool } from './pool.ts'

/** Returns the statistics of columns over all published uploads, which all workers find together. */
export async function columnStats(
  { catalogue }: Store,
  pool: Pool,
  { names, format: formatName }: { names: readonly string[]; format: string },
  cancellation: Cancellation,
): Promise<ColumnStats[]> {
  const format = formatOf(formatName)
  const snapshot = await catalogue.snapshot()
  const { uploads } = snapshot
  const places = await Promise.all(names.map(name => pool.columns.find(name, snapshot)))
  const partials = names.map(emptyPartial)
  for (const plan of planStats(uploads, places, format, pool.workers)) {
    for (const found of await cancelledOnError(cancellation, pool.stats(plan, cancellation)))
      found.forEach((partial, i) => {
        partials[i] = mergeColumns(partials[i], partial)
      })
    releasePlan(plan)
  }
  return names.map((name, i) => columnStatsOf(name, countTypes(uploads, places[i]), partials[i]))
}
