import type { Column } from '../schema.ts'

/** One committed upload, as its row has it. */
export interface Upload {
  /** Positive; uploads have ascending ids in the order in which they began. No id is given twice. */
  readonly id: number
  /** ISO 8601, UTC. */
  readonly receivedAt: string
  readonly rows: number
  /** Bytes of the two files. */
  readonly csvBytes: number
  readonly parquetBytes: number
  /** Positions in the CSV, in bytes, where a record begins: readers that share the file meet there. */
  readonly csvCuts: readonly number[]
  /** Of the Parquet file: how many, and how many bytes it has from its footer on. */
  readonly rowGroups: number
  readonly footerBytes: number
  /** CRC-32 of these bytes, as an int32. */
  readonly footerCrc: number
  /** In the order of the header. */
  readonly columns: readonly Column[]
  /** The number of this list of columns, in the catalogue. */
  readonly schema: number
}

/** An upload that has no row yet. */
export type NewUpload = Omit<Upload, 'schema'>

/** What a row says of the Parquet file alone. */
export type ParquetFacts = Pick<
  Upload,
  'rows' | 'columns' | 'parquetBytes' | 'footerBytes' | 'footerCrc' | 'rowGroups'
>

/** The checksums of an upload's two files, see `Checksum`. */
export interface Checksums {
  /** Of the sections between the CSV's cuts, one behind the other. */
  csv: Uint8Array
  parquet: Uint8Array
}
