import { memory } from '../kernelMemory.ts'
import type { ColumnType } from '../schema.ts'

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

// What lies where in the kernel memory for tables while a column is encoded.
const PLAN = MAX_ROWS / 8 + 64
const TABLE = PLAN + MAX_ROWS / 8 + 512
const INDICES = TABLE + 512 * 1024

/** Levels, a bit each. */
export const levelBits = (): number => memory.tables
/** What a survey leaves for the delta encoding. */
export const deltaPlan = (): number => memory.tables + PLAN
/** The hash table of a dictionary. */
export const hashTable = (): number => memory.tables + TABLE
/** Indices into a dictionary, two bytes each. */
export const indices = (): number => memory.tables + INDICES
