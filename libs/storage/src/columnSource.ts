import type { ColumnType } from './schema.ts'

/** A type whose values all have the same size. */
export type FixedType = Exclude<ColumnType, 'text'>

/** The bytes that a value takes in kernel memory; a text takes as many as it has and 4 more. */
export const valueSizes: Record<FixedType, number> = {
  int64: 8,
  double: 8,
  boolean: 1,
  date: 4,
  timestamp: 8,
  'timestamp-utc': 8,
}

/**
 * Rows of a table whose columns can be read as values, column by column, into kernel memory: what a Parquet file is written from.
 * Addresses are in kernel memory.
 */
export interface ColumnSource {
  readonly rows: number
  /**
   * Writes the values of a column that are not null from `values` on, and a level for each row from `levels` on: 0 if the row is
   * null, else 1. Returns how many values are not null, or -1 if one is not of the type.
   */
  readValues(column: number, type: FixedType, values: number, levels: number): number
  /** Writes the texts of a column, each behind its length in 4 bytes. Returns how many bytes these are. */
  readTexts(column: number, to: number): number
  /** How many bytes `readTexts` needs at least. */
  textBytes(column: number): number
}
