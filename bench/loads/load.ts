export type ColumnType = 'int64' | 'double' | 'text' | 'date' | 'timestamp'

/** CSV files to upload, and the answers that any correct server must give. No two loads share a column name. */
export interface Load {
  title: string
  /** The rows of all files together. */
  rows: number
  /** The bytes of all files together. */
  bytes: number
  /** The CSV files in the order of upload. */
  files: readonly string[]
  /** The type of every column, in the order of the header. */
  types: Readonly<Record<string, ColumnType>>
  /** The columns to sum, with the expected totals. */
  sums: Readonly<Record<string, bigint>>
}
