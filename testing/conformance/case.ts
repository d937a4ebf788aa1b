import type { ColumnStats } from '@table/table'

/** What every implementation of `Table` must do with some uploads. */
export interface Case {
  name: string
  /** The CSV files, in the order in which they are uploaded. */
  uploads: readonly (string | Uint8Array)[]
  /** The sum of a column in both formats, or a part of the text that refuses it. */
  sums: Readonly<Record<string, bigint | string>>
  /** The statistics of a column in both formats. */
  stats?: Readonly<Record<string, Partial<ColumnStats>>>
}
