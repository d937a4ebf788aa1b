import type { Column } from '../schema.ts'

/** A committed upload, as its row has it. */
export interface Upload {
  /** Positive. Ids ascend in the order in which uploads began, and no id is used twice. */
  readonly id: number
  /** ISO 8601, UTC. */
  readonly receivedAt: string
  /** What the client calls the file, if it said so. */
  readonly name?: string | undefined
  readonly rows: number
  /** The bytes of the two files. */
  readonly csvBytes: number
  readonly parquetBytes: number
  /** Positions in the CSV, in bytes, where a record begins. Readers that share the file divide it there. */
  readonly csvCuts: readonly number[]
  /** The row groups of the Parquet file, and the bytes from its footer to its end. */
  readonly rowGroups: number
  readonly footerBytes: number
  /** The CRC-32 of these bytes, as an int32. */
  readonly footerCrc: number
  /** In the order of the header. */
  readonly columns: readonly Column[]
  /** The number of this list of columns in the catalogue. */
  readonly schema: number
}

/** An upload that has no row yet. */
export type NewUpload = Omit<Upload, 'schema'>

/** What a row says about the Parquet file alone. */
export type ParquetFacts = Pick<
  Upload,
  'rows' | 'columns' | 'parquetBytes' | 'footerBytes' | 'footerCrc' | 'rowGroups'
>

/** The checksums of an upload's two files: see `Checksum`. */
export interface Checksums {
  /** The checksums of the sections between the CSV's cuts, one after the other. */
  csv: Uint8Array
  parquet: Uint8Array
}
