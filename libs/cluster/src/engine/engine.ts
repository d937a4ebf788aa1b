// What a table asks of a distributed engine: sums and statistics of int64 columns, and SQL. Columns of other types are for our own kernels:
// the sum of doubles is exact with one rounding at the end, which no engine offers, and texts hold integers that engines read in other ways.
import type { Column, UnitedColumn } from '@table/table'

/** The formats that an engine reads. */
export type EngineFormat = 'csv' | 'parquet'

/** Files with the same columns, in which the column is an int64. There may be several groups of files with the same columns. */
export interface EngineGroup {
  /** Where the engine finds the files: `s3://bucket/key`. No file may stand there twice. */
  urls: readonly string[]
  /** All columns of the files, in the order of the header. */
  columns: readonly { name: string; type: string }[]
  /** The place of the column among them, from 0. */
  columnIndex: number
  /** Whether a field of one of the files has a line break in it. Parquet files do not matter. */
  multiLine: boolean
}

export interface EngineQuestion {
  format: EngineFormat
  /** The name of the column, as in the header. */
  column: string
  groups: readonly EngineGroup[]
}

/**
 * The answers of an engine. `rows` is how many rows the engine has found in all files, nulls included. Compare `rows` with the
 * catalogue: an engine may skip a missing file in silence. An engine does not notice either that a file has other bytes than the
 * upload had: compare the store's list of objects with the catalogue as well.
 */
export interface EngineSum {
  /** Exact, of any size; 0 without values. */
  sum: bigint
  rows: number
}

export interface EngineStats extends EngineSum {
  nulls: number
  /** Undefined without values. */
  min: bigint | undefined
  max: bigint | undefined
}

/** Parquet files with the same columns. */
export interface EngineList {
  columns: readonly Column[]
  files: readonly { url: string; upload: number; receivedAt: string }[]
  /** Where the files have each column of the table. Undefined: they do not have the column, or hold nothing there. */
  places: readonly (number | undefined)[]
}

/** What SQL calls `data`: the rows of all files. */
export interface EngineTable {
  columns: readonly UnitedColumn[]
  lists: readonly EngineList[]
  /** Whether the table has the columns of the upload, too. Then each file is a read of its own, which takes an engine longer. */
  hasUploads: boolean
}

/** One SELECT, and the tables that it can ask. */
export interface EngineQuery {
  sql: string
  data: EngineTable | undefined
  /** What SQL calls `uploads`: an Arrow IPC stream. */
  uploads: Uint8Array | undefined
}

/**
 * An engine. Every question rejects with a `ServiceError`: `unavailable` if no address answers, `cancelled` if the signal is aborted,
 * `damaged` if the engine cannot read a file. The message of `damaged` does not name the upload, because engines do not say it in a
 * way that can be relied on: look for the file that the store does not have as the catalogue has it.
 */
export interface Engine {
  columnSum(question: EngineQuestion, signal: AbortSignal): Promise<EngineSum>
  columnStats(question: EngineQuestion, signal: AbortSignal): Promise<EngineStats>
  /**
   * Yields the answer as Arrow IPC streams with the same columns: at least one. Throws `invalid-data` with the engine's own words if
   * something is wrong with the SQL.
   */
  query(query: EngineQuery, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined>
  /** Returns how many rows the engine finds in all files of a table. */
  rowCount(table: EngineTable, signal: AbortSignal): Promise<number>
  /** What runs at the first address that answers: `Sail 0.7.2` or `Spark 4.3.0`. Throws if its version cannot be used. */
  version(signal: AbortSignal): Promise<string>
  close(): void
}
