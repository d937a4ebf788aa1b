import {
  type ColumnPartial,
  cancellationOf,
  columnStatsOf,
  countTypes,
  emptyPartial,
  formatOf,
  mergeColumns,
} from '@table/storage'
import type { ColumnStats } from '@table/table'
import type { Cluster } from './cluster.ts'
import { divide } from './division.ts'
import type { EngineStats } from './engine/engine.ts'
import { engineStats } from './engineQuestions.ts'
import { ownStats } from './ownKernels.ts'

/** Returns the statistics of columns over every upload that was committed before this call. */
export async function columnStats(
  cluster: Cluster,
  names: readonly string[],
  formatName: string,
  signal: AbortSignal,
): Promise<ColumnStats[]> {
  const format = formatOf(formatName)
  const cancellation = cancellationOf(signal)
  const snapshot = await cluster.uploads.snapshot()
  const { uploads } = snapshot
  const places = await Promise.all(names.map(name => cluster.uploads.columns.find(name, snapshot)))
  const partials = names.map(emptyPartial)
  const add = (i: number, more: ColumnPartial) => {
    partials[i] = mergeColumns(partials[i] ?? emptyPartial(), more)
  }
  const { engine, ours } = divide(cluster, uploads, places, format)
  for (const part of ours)
    (await ownStats(cluster, part, { format, cancellation, signal })).forEach((partial, i) => {
      add(i, partial)
    })
  for (const [i, column] of names.entries()) {
    const wanted = engine?.places[i]
    if (!engine || !wanted) continue
    const part = { ...engine, places: [wanted] }
    for await (const found of engineStats(cluster, part, { column, format, signal })) add(i, partialOf(found))
  }
  return names.map((name, i) =>
    columnStatsOf(
      name,
      countTypes(uploads, places[i] as (typeof places)[number]),
      partials[i] as ColumnPartial,
    ),
  )
}

/** What the engine says of int64 columns. */
function partialOf({ rows, nulls, sum, min, max }: EngineStats): ColumnPartial {
  const bounds = min !== undefined && max !== undefined ? { number: { least: min, greatest: max } } : {}
  return { ...emptyPartial(), rows, nulls, numbers: rows - nulls, integers: sum, bounds }
}
