import type { Table } from '@table/table'
import type { Reading } from '../observe/metrics.ts'

/** A table with what a server needs beside its questions. */
export interface ServedTable extends Table {
  /** What there is to measure of the table. */
  readonly readings: Reading[]
  /** Returns how many uploads the table has. */
  count(): Promise<number>
  /** Whether everything that the table needs works now. Undefined: it needs nothing but this process. */
  isReady?(): Promise<boolean>
  /** Reports stored files whose sizes are wrong, while the table is served. */
  checkSizes(): Promise<void>
  /** Finishes what the next start would otherwise do. */
  settle(): Promise<void>
  close(): Promise<void>
}
