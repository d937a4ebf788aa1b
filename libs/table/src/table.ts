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
  /** Whether the table has grown: false if the upload id was stored before. */
  isNew: boolean
  rows: number
  csvBytes: number
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

/** An upload in the table. */
export interface StoredUpload {
  id: number
  /** A UUID in 16 bytes. */
  uploadId: Uint8Array | undefined
  name: string | undefined
  /** When the upload began: ISO 8601, in UTC, with milliseconds. */
  receivedAt: string
  rows: number
  csvBytes: number
  parquetBytes: number
  /** In the order of the header; none if they take more bytes than were asked for. */
  columns: readonly Column[]
}

/** A stored file that is being read. */
export interface StoredFile {
  bytes: number
  /** Identifies the bytes of the file: a short text of letters and digits, which another file of the upload does not have. */
  version: string
  /** The whole file. Each part is valid until the next one. Throws `damaged` at the latest at the end if the file has changed. */
  parts(): AsyncIterable<Uint8Array>
  /**
   * The bytes from `start` to before `end`. Each part is valid until the next one. Throws `damaged` if the file is too short; other
   * damage is not found, because a checksum belongs to a whole section of the file.
   */
  range(start: number, end: number): AsyncIterable<Uint8Array>
  close(): Promise<void>
}

/** The most bytes of names and types in an answer: gRPC clients take answers of at most 4 MiB, and report an error in place of a larger one. */
export const ANSWER_BYTES = 3 * 1024 * 1024

/**
 * What the bytes of a query's answer are: an Arrow IPC stream; one JSON object with `columns` and `rows`; CSV as the table takes it; a Parquet
 * file.
 */
export type AnswerFormat = 'arrow' | 'json' | 'csv' | 'parquet'

/** Which uploads a page has. */
export interface PageRequest {
  /** The id before the first upload of the page, in its order. Undefined: the page is the first one. */
  after: number | undefined
  oldestFirst: boolean
  /** ISO 8601 in UTC, with milliseconds: only uploads received from the one time on, and before the other. */
  receivedFrom: string | undefined
  receivedBefore: string | undefined
  /** The most uploads. */
  uploads: number
  /** The most bytes of all names and types. A page ends early rather than exceed them. */
  bytes: number
}

export interface Page {
  uploads: readonly StoredUpload[]
  /** Whether there are uploads after the page. */
  more: boolean
}

/** In how many uploads a column has a type. */
export interface TypeCount {
  type: string
  uploads: number
}

/** What is said of a column. */
interface ColumnSummary {
  name: string
  types: readonly TypeCount[]
  /** Of the uploads that have the column. */
  rows: number
  nulls: number
  /** The least and the greatest value as text, see table.proto. Empty if there are no values, or no order among their types. */
  min: string
  max: string
}

export interface ColumnStats extends ColumnSummary {
  /** Exact, and rounded once if there are doubles. Empty if the column does not hold numbers alone. */
  sum: string
  mean: string
}

/** The bounds of a text column are left out. */
export interface ColumnDescription extends ColumnSummary {
  uploads: number
}

/** What is in a table. */
export interface Description {
  uploads: number
  rows: number
  csvBytes: number
  parquetBytes: number
  /** In the order in which their names came. */
  columns: readonly ColumnDescription[]
  /** At least how many columns are left out: very many names are not counted. */
  moreColumns: number
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
  /** Returns the uploads of a page. */
  list(page: PageRequest): Promise<Page>
  /** Returns an upload, without its columns if they take more than `bytes`; undefined if it does not exist. */
  get(id: number, bytes: number): Promise<StoredUpload | undefined>
  /**
   * Deletes an upload. Once this resolves, the upload is gone for good, and everything that begins from now on does not see it. What began
   * before still does. Returns false if the upload does not exist.
   */
  delete(id: number): Promise<boolean>
  /**
   * Opens a file of an upload, also for an upload that is deleted meanwhile. Returns undefined if the upload does not exist. Throws
   * `invalid-data` if there is no such format.
   */
  open(id: number, format: string): Promise<StoredFile | undefined>
  /** Returns the statistics of columns, in the same order, over all uploads. Both formats give the same. */
  stats(columns: readonly string[], format: string, signal: AbortSignal): Promise<ColumnStats[]>
  /**
   * Answers one SELECT over the uploads that are there now, in a format. Each part is valid until the next one.
   * Throws `invalid-data` if something is wrong with the query, `too-large` if it needs more memory than it may have.
   */
  query(sql: string, format: AnswerFormat, signal: AbortSignal): AsyncIterable<Uint8Array>
  /** Returns what is in the table, with at most so many columns, whose names take at most so many bytes together. */
  describe(most: { columns: number; bytes: number }, signal: AbortSignal): Promise<Description>
}
