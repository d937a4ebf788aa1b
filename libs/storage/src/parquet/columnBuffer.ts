import { memory } from '../kernelMemory.ts'
import type { ColumnType } from '../schema.ts'

/** The most rows of a row group. The encoders' memory is divided for this many. */
export const MAX_ROWS = 1024 * 1024

/** One column of the current row group in the kernels' memory. Addresses and sizes are in bytes. */
export interface ColumnBuffer {
  name: string
  type: ColumnType
  rows: number
  nulls: number
  /**
   * The values that are not null, without gaps: 8 bytes each, for dates 4 (int32), for booleans 1 (0 or 1). A
   * text is its length in 4 bytes, then its bytes.
   */
  values: number
  valueBytes: number
  /** How many values are not null. */
  count: number
  /** One byte for each row: 0 for null, otherwise 1. Not read if no row is null. */
  levels: number
}

// How the kernel memory for tables is divided while a column is encoded.
const PLAN = MAX_ROWS / 8 + 64
const TABLE = PLAN + MAX_ROWS / 8 + 512
const INDICES = TABLE + 512 * 1024

/** Levels, one bit each. */
export const levelBits = (): number => memory.tables
/** The plan that a survey leaves for the delta encoding. */
export const deltaPlan = (): number => memory.tables + PLAN
/** The hash table of a dictionary. */
export const hashTable = (): number => memory.tables + TABLE
/** Indices into a dictionary, two bytes each. */
export const indices = (): number => memory.tables + INDICES
