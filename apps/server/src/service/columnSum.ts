import type { Table } from '@table/table'

export interface ColumnSumRequest {
  column: string
  /** Which files to read: `csv` or `parquet`. Both give the same sum. */
  format: string
}

/**
 * Returns the exact sum of a column over every upload that was acknowledged before this call. A column that
 * no upload has sums to 0.
 */
export function columnSum(
  table: Table,
  { column, format }: ColumnSumRequest,
  signal: AbortSignal,
): Promise<bigint> {
  return table.columnSum(column, format, signal)
}
