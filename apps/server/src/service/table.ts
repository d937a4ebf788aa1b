/**
 * Stands in a body to discard everything before it: when a protobuf field occurs several times, the last
 * value counts.
 */
export const START_OVER = Symbol('start over')

/** A CSV file as it arrives. */
export type CsvBody = AsyncIterable<Uint8Array | typeof START_OVER>

/**
 * A table, wherever it is stored. Errors that callers should know are `ServiceError`s; errors of a body pass
 * through unchanged. A request whose signal is aborted may end at once with `cancelled`.
 */
export interface Table {
  /**
   * Stores a CSV file. Once this resolves, the file is durable and sums count it. Uploads with the same
   * upload id count once.
   */
  upload(csv: CsvBody, uploadId: Uint8Array | undefined, signal: AbortSignal): Promise<void>
  /** Returns the exact sum of a column over all uploads. Throws `invalid-data` if the sum is outside int64. */
  columnSum(column: string, format: string, signal: AbortSignal): Promise<bigint>
}
