import type { ColumnDescription, ColumnStats, TypeCount } from '@table/proto'
import type { Row } from './printTable.ts'

/** What is told of a column, in this order. */
export const descriptionColumns = ['column', 'types', 'uploads', 'rows', 'nulls', 'min', 'max']
export const statsColumns = ['column', 'types', 'rows', 'nulls', 'min', 'max', 'sum', 'mean']

export function descriptionRow(description: ColumnDescription): Row {
  const { name, types, uploads, rows, nulls } = description
  return {
    column: name,
    types: countsOf(types),
    uploads: Number(uploads),
    rows: Number(rows),
    nulls: Number(nulls),
    ...boundsOf(description),
  }
}

export function statsRow(stats: ColumnStats): Row {
  const { name, types, rows, nulls, sum, mean } = stats
  return {
    column: name,
    types: countsOf(types),
    rows: Number(rows),
    nulls: Number(nulls),
    ...boundsOf(stats),
    sum: sum === '' ? null : sum,
    mean: mean === '' ? null : mean,
  }
}

/** Bounds stay texts: not every program keeps a large integer of JSON. Without a value there are none. */
function boundsOf({ rows, nulls, min, max }: ColumnDescription | ColumnStats): Row {
  return nulls < rows ? { min, max } : { min: null, max: null }
}

function countsOf(types: readonly TypeCount[]): Record<string, number> {
  return Object.fromEntries(types.map(({ type, uploads }) => [type, Number(uploads)]))
}
