export type ColumnType = 'int64' | 'double' | 'text' | 'date' | 'timestamp'

/** CSV files to upload, and what any correct server must then answer. No two loads share a column's name. */
export interface Load {
  title: string
  /** In all files together. */
  rows: number
  /** In all files together. */
  bytes: number
  /** CSV files in the order of upload. */
  files: readonly string[]
  /** The type of every column, in the order of the header. */
  types: Readonly<Record<string, ColumnType>>
  /** The columns to sum, with the expected totals. */
  sums: Readonly<Record<string, bigint>>
}
