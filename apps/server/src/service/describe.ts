import type { Description, Table } from '@table/table'

/** What an answer has at most: columns, and bytes of their names. Clients of gRPC take answers of 4 MiB. */
const MOST = { columns: 1000, bytes: 2 * 1024 * 1024 }

/** Returns what is in the table: every upload that was acknowledged before this call, and the columns that came first. */
export function describe(table: Table, signal: AbortSignal): Promise<Description> {
  return table.describe(MOST, signal)
}
