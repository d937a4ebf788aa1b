/** The kernels that read the metadata of a Parquet file, as `assembly/` describes them. */
export interface Metadata {
  memory: WebAssembly.Memory

  /**
   * Returns the number of row groups, or one of the codes below. Calls `ReadOn` when bytes of the metadata
   * are missing from memory.
   */
  findColumn(
    from: number,
    to: number,
    following: number,
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

  /** Returns the length of the header, or 0 if the header is damaged. */
  readPageHeader(from: number, to: number): number
  pageHeader(): number
}

/**
 * Moves the bytes from address `at` to the start of the memory given to `findColumn`, and reads more of the
 * file after them: at least `wanted` in total, or as many as there is room for. Returns the address where the
 * bytes end.
 */
export type ReadOn = (at: number, wanted: number) => number

/** The codes that `findColumn` returns instead of a number of row groups. */
export const NO_SUCH_COLUMN = -1
export const TOO_MANY_ROW_GROUPS = -3

/** The numbers of 8 bytes that `findColumn` writes for each column chunk. */
export const CHUNK_NUMBERS = 7
/** The int32s of a page header. */
export const PAGE_HEADER_NUMBERS = 8

/** A column and its chunk in each row group. */
export interface ColumnChunks {
  element: SchemaElement
  chunks: ColumnChunk[]
}

/** What a sum needs to know about a column. The numbers are those of parquet.thrift. */
export interface SchemaElement {
  name: string
  /** -1 if the file does not say it. */
  type: number
  repetition: number
}

/** A column chunk and its place in the file. */
export interface ColumnChunk {
  /** Type and CompressionCodec of parquet.thrift. */
  type: number
  codec: number
  /** The number of values, including nulls. */
  values: number
  start: number
  bytes: number
  /**
   * Set if the statistics show that all values that are not null are the same integer: that integer and their
   * number.
   */
  constant?: { integer: bigint; count: number } | undefined
}

/** Returns the column that `findColumn` found. */
export function foundElement(kernels: Metadata): SchemaElement {
  return {
    name: Buffer.from(kernels.memory.buffer, kernels.columnName(), kernels.columnNameBytes()).toString(),
    type: kernels.columnType(),
    repetition: kernels.columnRepetition(),
  }
}

/** Returns the chunk in row group `group` from what `findColumn` wrote to `out`. */
export function foundChunk({ memory }: Metadata, out: number, group: number): ColumnChunk {
  const at = out + 8 * CHUNK_NUMBERS * group
  const numbers = new Float64Array(memory.buffer, at, CHUNK_NUMBERS)
  const [type, codec, values, start, bytes, count] = numbers
  const constant = count < 0 ? undefined : { integer: new BigInt64Array(memory.buffer, at + 48, 1)[0], count }
  return { type, codec, values, start, bytes, constant }
}

/** The part of a PageHeader that is needed to read the page. */
export interface PageHeader {
  /** The bytes of the header itself. */
  headerBytes: number
  type: number
  /** The bytes of the page, in the file and decompressed. */
  bytes: number
  uncompressedBytes: number
  /** The CRC-32 of the page as it is in the file, if there is one. */
  crc: number | undefined
  /** The rows of a data page or the entries of a dictionary. */
  values: number
  encoding: number
  /** The encoding of a data page's definition levels. */
  levelEncoding: number
}

/** Makes the header of `headerBytes` bytes that `readPageHeader` read from the numbers at `pageHeader`. */
export function pageHeaderOf(headerBytes: number, numbers: Int32Array): PageHeader {
  return {
    headerBytes,
    type: numbers[0],
    bytes: numbers[1],
    uncompressedBytes: numbers[2],
    crc: numbers[3] === 0 ? undefined : numbers[4],
    values: numbers[5],
    encoding: numbers[6],
    levelEncoding: numbers[7],
  }
}
