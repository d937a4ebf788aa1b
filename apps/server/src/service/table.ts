/**
 * Stands in a body to discard everything before it: when a protobuf field occurs several times, the last
 * value counts.
 */
export const START_OVER = Symbol('start over')

/** A CSV file as it arrives. */
export type CsvBody = AsyncIterable<Uint8Array | typeof START_OVER>

/** What comes with a CSV file. */
export interface UploadOptions {
  /** Makes a repeated upload count once: a UUID in 16 bytes. */
  uploadId?: Uint8Array | undefined
  /** What people call the file. */
  name?: string | undefined
}

/** What became of an upload: of the first one, if its upload id was stored before. */
export interface UploadResult {
  id: number
  rows: number
  /** In the order of the header. */
  columns: readonly Column[]
  /** What the file looks like it is meant to be, and what will keep later sums from an answer. A repeated upload has none. */
  warnings: readonly string[]
}

/** `type`: one of the names in docs/on-disk.md, Types. */
export interface Column {
  name: string
  type: string
}

/**
 * A table, wherever it is stored. Errors that callers should know are `ServiceError`s; errors of a body pass
 * through unchanged. A request whose signal is aborted may end at once with `cancelled`.
 */
export interface Table {
  /**
   * Stores a CSV file. Once this resolves, the file is durable and sums count it. Uploads with the same
   * upload id count once.
   */
  upload(csv: CsvBody, options: UploadOptions, signal: AbortSignal): Promise<UploadResult>
  /** Returns the exact sum of a column over all uploads. Throws `invalid-data` if the sum is outside int64. */
  columnSum(column: string, format: string, signal: AbortSignal): Promise<bigint>
}
