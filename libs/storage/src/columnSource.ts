import type { ColumnType } from './schema.ts'

/** The types whose values all have the same size. */
export type FixedType = Exclude<ColumnType, 'text'>

/** The bytes that a value takes in kernel memory. A text takes 4 bytes more than its length. */
export const valueSizes: Record<FixedType, number> = {
  int64: 8,
  double: 8,
  boolean: 1,
  date: 4,
  timestamp: 8,
  'timestamp-utc': 8,
}

export const TEXT_LENGTH_BYTES = 4

/** How many values that are not null were read, and the bytes that they take. */
export interface ValuesRead {
  count: number
  bytes: number
}

/**
 * Rows from which a Parquet file is written. The values are read column by column into kernel memory; all
 * addresses are in kernel memory.
 */
export interface ColumnSource {
  readonly rows: number
  /**
   * Writes the values of a column that are not null to `values`, and a level for each row to `levels`: 0 for
   * null, otherwise 1. Returns how many values are not null, or -1 if a value does not fit the type.
   */
  readValues(column: number, type: FixedType, values: number, levels: number): number
  /** Does the same for texts; each text stands after its length in `TEXT_LENGTH_BYTES`. Every field is a text. */
  readTexts(column: number, values: number, levels: number): ValuesRead
  /** Returns the room that `readTexts` needs for values, in bytes: `TEXT_LENGTH_BYTES` for a null, more for a text. */
  textBytes(column: number): number
}
