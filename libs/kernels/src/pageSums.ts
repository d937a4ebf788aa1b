/** The kernels that sum pages of int64 values. A page is in [from, to). A kernel returns 0 if the page is damaged. */
export interface PageSums {
  clearPageTotal(): void
  /** The total is high * 2^64 + low, where low is unsigned. */
  pageTotalHigh(): bigint
  pageTotalLow(): bigint

  /** Returns how many of `rows` rows are not null, or -1 if the levels are damaged. */
  countDefined(from: number, to: number, rows: number): number

  sumPlain(from: number, to: number, values: number): number
  sumDelta(from: number, to: number, values: number): number
  openDictionary(from: number, to: number, entries: number, tables: number, tablesBytes: number): number
  sumIndices(from: number, to: number, values: number): number
  /** Sums a page with the kernel for its encoding, one of those above. Returns -1 for any other encoding. */
  sumValues(encoding: number, from: number, to: number, values: number, hasDictionary: boolean): number

  /**
   * Computes the total of the chunk in [from, to), in place of the totals of its pages. Also returns 0 for a
   * chunk that this kernel cannot sum.
   */
  sumChunk(from: number, to: number, values: number, tables: number, tablesBytes: number): number
  crc32(from: number, to: number): number
}
