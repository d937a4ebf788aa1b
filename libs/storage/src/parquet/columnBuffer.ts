import type { ColumnType } from '../csv/inference.ts'

/** Rows of a row group, at most: the encoders' memory is divided for so many. */
export const MAX_ROWS = 1024 * 1024

/** One column of the row group under way, in the kernels' memory. Addresses and sizes are in bytes. */
export interface ColumnBuffer {
  name: string
  type: ColumnType
  rows: number
  nulls: number
  /**
   * Where the values are that are not null, without gaps: 8 bytes each, dates 4 (int32), booleans one (0 or 1). A text has its
   * length in 4 bytes, then its bytes.
   */
  values: number
  valueBytes: number
  /** How many values are not null. */
  count: number
  /** Where the rows have a byte each: 0 if the row is null, else 1. Not read if none is. */
  levels: number
}
