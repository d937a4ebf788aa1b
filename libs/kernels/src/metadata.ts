/** The kernels that read what a Parquet file says of itself, as `assembly/` describes it. */
export interface Metadata {
  memory: WebAssembly.Memory

  /** Returns the number of row groups, or one of the numbers below. Calls `ReadOn` where bytes follow. */
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
  columnConvertedType(): number
  columnLogicalType(): number
  columnUnsigned(): number

  /** Returns the bytes of the header, or 0 if it is damaged. */
  readPageHeader(from: number, to: number): number
  pageHeader(): number
}

/**
 * Moves the bytes that `findColumn` is given, from address `at` on, to where it began, and reads more of the file behind them: at
 * least `wanted` in all, fewer only if there is no room for as many. Returns the address where they end.
 */
export type ReadOn = (at: number, wanted: number) => number

/** What `findColumn` returns instead of a number. */
export const NO_SUCH_COLUMN = -1
export const TOO_MANY_ROW_GROUPS = -3

/** So many numbers of 8 bytes are a column chunk of `findColumn`. */
export const CHUNK_NUMBERS = 7
/** So many int32s are a page header. */
export const PAGE_HEADER_NUMBERS = 12

/** A top-level column and its chunk in each row group. */
export interface ColumnChunks {
  element: SchemaElement
  chunks: ColumnChunk[]
}

/** What a sum needs to know of a column. The numbers are those of parquet.thrift. */
export interface SchemaElement {
  name: string
  /** Undefined for a group. */
  type: number | undefined
  repetition: number
  convertedType: number | undefined
  /** Which member of the union LogicalType it is, and of an INTEGER whether it has a sign. */
  logicalType: number | undefined
  isSigned: boolean
}

/** Where a column chunk is in its file. */
export interface ColumnChunk {
  /** Type and CompressionCodec of parquet.thrift. */
  type: number
  codec: number
  /** Nulls among them. */
  values: number
  start: number
  bytes: number
  /** The integer that all its values are which are not null, and how many these are: if its statistics say that. */
  constant?: { integer: bigint; count: number } | undefined
}

/** The column that `findColumn` found. */
export function foundElement(kernels: Metadata): SchemaElement {
  const ifAny = (number: number) => (number < 0 ? undefined : number)
  return {
    name: Buffer.from(kernels.memory.buffer, kernels.columnName(), kernels.columnNameBytes()).toString(),
    type: ifAny(kernels.columnType()),
    repetition: kernels.columnRepetition(),
    convertedType: ifAny(kernels.columnConvertedType()),
    logicalType: ifAny(kernels.columnLogicalType()),
    isSigned: kernels.columnUnsigned() === 0,
  }
}

/** The chunk in row group `group` of what `findColumn` wrote to `out`. */
export function foundChunk({ memory }: Metadata, out: number, group: number): ColumnChunk {
  const at = out + 8 * CHUNK_NUMBERS * group
  const numbers = new Float64Array(memory.buffer, at, CHUNK_NUMBERS)
  const [type, codec, values, start, bytes, count] = numbers
  const constant = count < 0 ? undefined : { integer: new BigInt64Array(memory.buffer, at + 48, 1)[0], count }
  return { type, codec, values, start, bytes, constant }
}

/** What reading a page needs of its PageHeader. */
export interface PageHeader {
  /** Bytes of the header itself. */
  headerBytes: number
  type: number
  /** Bytes of the page, as it is in the file and decompressed. */
  bytes: number
  uncompressedBytes: number
  /** CRC-32 of the page as it is in the file, if there is one. */
  crc: number | undefined
  /** Rows of a data page, entries of a dictionary. */
  values: number
  encoding: number
  /** Of the definition levels of a version 1 page. */
  levelEncoding: number
  /** Of a version 2 page: the bytes of its levels, which are not compressed, and whether the rest is. */
  repetitionBytes: number
  levelBytes: number
  compressed: boolean
  /** Of a version 2 page. */
  nulls: number
}

/** The header of so many bytes that `readPageHeader` read, from the numbers at `pageHeader`. */
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
    repetitionBytes: numbers[8],
    levelBytes: numbers[9],
    compressed: numbers[10] !== 0,
    nulls: numbers[11],
  }
}
