/** The kernels that add up pages of Parquet files. A page lies in [from, to); they return 0 if it is damaged. */
export interface PageSums {
  clearPageTotal(): void
  /** The total is high * 2^64 + low, where low is without a sign. */
  pageTotalHigh(): bigint
  pageTotalLow(): bigint

  decompressSnappy(from: number, to: number, out: number, size: number): number

  /** How many of so many rows are not null; -1 if the levels are damaged. */
  countDefined(from: number, to: number, rows: number): number

  sumPlain64(from: number, to: number, values: number): number
  sumPlain32(from: number, to: number, values: number): number
  sumDelta(from: number, to: number, values: number, valueBits: number): number
  openDictionary(
    from: number,
    to: number,
    entries: number,
    valueBytes: number,
    tables: number,
    tablesBytes: number,
  ): number
  sumIndices(from: number, to: number, values: number): number
  /** By one of the four above, as the encoding says; -1 for an encoding that they do not have. */
  sumValues(
    encoding: number,
    from: number,
    to: number,
    values: number,
    valueBytes: number,
    hasDictionary: boolean,
  ): number

  /** The total of the chunk in [from, to) instead of that of its pages. Returns 0 also for what it does not know. */
  sumChunk(
    from: number,
    to: number,
    values: number,
    valueBytes: number,
    nullable: boolean,
    tables: number,
    tablesBytes: number,
  ): number
  crc32(from: number, to: number): number
}
