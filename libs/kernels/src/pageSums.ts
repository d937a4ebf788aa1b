/** The kernels that sum pages of Parquet files. A page is in [from, to). A kernel returns 0 if the page is damaged. */
export interface PageSums {
  clearPageTotal(): void
  /** The total is high * 2^64 + low, where low is unsigned. */
  pageTotalHigh(): bigint
  pageTotalLow(): bigint

  decompressSnappy(from: number, to: number, out: number, size: number): number

  /** Returns how many of `rows` rows are not null, or -1 if the levels are damaged. */
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
  /** Sums a page with the kernel for its encoding, one of the four above. Returns -1 for any other encoding. */
  sumValues(
    encoding: number,
    from: number,
    to: number,
    values: number,
    valueBytes: number,
    hasDictionary: boolean,
  ): number

  /**
   * Computes the total of the chunk in [from, to), in place of the totals of its pages. Also returns 0 for a
   * chunk that this kernel cannot sum.
   */
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
