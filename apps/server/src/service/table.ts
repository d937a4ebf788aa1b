/** Says in a body that what came before it does not count: protobuf takes the last of several values of a field. */
export const START_OVER = Symbol('start over')

/** A CSV file as it arrives. */
export type CsvBody = AsyncIterable<Uint8Array | typeof START_OVER>

/**
 * A table, wherever it is stored. Errors that callers should know are `ServiceError`s; whatever a body throws passes unchanged. A request
 * whose signal is aborted may end at once with `cancelled`.
 */
export interface Table {
  /** Stores a CSV file. When this resolves, the file is durable and sums count it. An upload id that was stored before counts once. */
  upload(csv: CsvBody, uploadId: Uint8Array | undefined, signal: AbortSignal): Promise<void>
  /** The exact sum of a column over all uploads. Throws `invalid-data` if the sum is outside int64. */
  columnSum(column: string, format: string, signal: AbortSignal): Promise<bigint>
}
