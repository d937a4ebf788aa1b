import { type ColumnStats, ServiceError, type Table } from '@table/table'

export interface StatsRequest {
  columns: readonly string[]
  /** Which files to read: `csv` or `parquet`. Both give the same statistics. */
  format: string
}

/** The most columns of a question. A worker keeps what it knows of each of them. */
const MAX_COLUMNS = 100

/**
 * Returns the statistics of columns over every upload that was acknowledged before this call, in the order of the question. A column
 * that is named twice is answered once. A column that no upload has has no types and no rows.
 */
export async function stats(
  table: Table,
  { columns, format }: StatsRequest,
  signal: AbortSignal,
): Promise<ColumnStats[]> {
  const distinct = [...new Set(columns)]
  if (distinct.length === 0 || distinct.length > MAX_COLUMNS)
    throw new ServiceError(
      'invalid-data',
      `found ${distinct.length} columns in the question, expected 1 to ${MAX_COLUMNS}`,
    )
  return table.stats(distinct, format, signal)
}
