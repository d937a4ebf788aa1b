/** The kernels that read what a Parquet file says of itself, as `assembly/` describes it. */
export interface Metadata {
  /** Returns the number of row groups, or one of the numbers below. */
  findColumn(
    from: number,
    to: number,
    position: number,
    wanted: number,
    wantedBytes: number,
    out: number,
    room: number,
  ): number
  columnName(): number
  columnNameBytes(): number
  columnType(): number
  columnRepetition(): number
  columnConvertedType(): number
  columnLogicalType(): number
  columnUnsigned(): number

  /** Returns the bytes of the header, or 0 if it is damaged. */
  readPageHeader(from: number, to: number): number
  pageHeader(): number
}

/** What `findColumn` returns instead of a number. */
export const NO_SUCH_COLUMN = -1
export const TOO_MANY_ROW_GROUPS = -3

/** So many doubles are a column chunk of `findColumn`. */
export const CHUNK_NUMBERS = 5
/** So many int32s are a page header. */
export const PAGE_HEADER_NUMBERS = 12
