import type { Table } from '@table/table'

/** A table with what a server needs beside its questions. */
export interface ServedTable extends Table {
  /** Whether everything that the table needs works now. Undefined: it needs nothing but this process. */
  isReady?(): Promise<boolean>
  /** Reports stored files whose sizes are wrong, while the table is served. */
  checkSizes(): Promise<void>
  /** Finishes what the next start would otherwise do. */
  settle(): Promise<void>
  close(): Promise<void>
}
