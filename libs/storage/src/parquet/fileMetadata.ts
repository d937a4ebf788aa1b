import { CHUNK_NUMBERS, NO_SUCH_COLUMN, TOO_MANY_ROW_GROUPS } from '@table/kernels'
import { type Bytes, engine } from '../engine.ts'

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
}

/**
 * The FileMetaData in the engine's memory, of which only the one column becomes objects, in its row groups [from, to): a wide
 * table's others would not fit into a worker's memory. Undefined if there is no such column. Throws RangeError if it is damaged.
 */
export function readFileMetadata(
  { from: start, to: end }: Bytes,
  column: string | number,
  from = 0,
  to?: number,
): ColumnChunks | undefined {
  const { kernels, bytes, page, tables, tablesBytes } = engine
  const name = typeof column === 'string' ? Buffer.from(column) : undefined
  if (name) bytes.set(name, page)
  const position = name ? -1 : (column as number)
  const room = Math.floor(tablesBytes / CHUNK_NUMBERS / 8)
  const rowGroups = kernels.findColumn(start, end, position, page, name?.length ?? 0, tables, room)
  if (rowGroups === NO_SUCH_COLUMN) return undefined
  if (rowGroups === TOO_MANY_ROW_GROUPS) throw new RangeError(`it has more than ${room} row groups`)
  if (rowGroups < 0) throw new RangeError('its metadata is damaged')
  const chunks: ColumnChunk[] = []
  for (let i = from; i < Math.min(rowGroups, to ?? rowGroups); i++)
    chunks.push(chunkAt(tables + 8 * CHUNK_NUMBERS * i))
  return { element: foundElement(), chunks }
}

function foundElement(): SchemaElement {
  const { kernels, bytes } = engine
  const name = kernels.columnName()
  const ifAny = (number: number) => (number < 0 ? undefined : number)
  return {
    name: Buffer.from(bytes.buffer, name, kernels.columnNameBytes()).toString(),
    type: ifAny(kernels.columnType()),
    repetition: kernels.columnRepetition(),
    convertedType: ifAny(kernels.columnConvertedType()),
    logicalType: ifAny(kernels.columnLogicalType()),
    isSigned: kernels.columnUnsigned() === 0,
  }
}

function chunkAt(address: number): ColumnChunk {
  const numbers = new Float64Array(engine.bytes.buffer, address, CHUNK_NUMBERS)
  return { type: numbers[0], codec: numbers[1], values: numbers[2], start: numbers[3], bytes: numbers[4] }
}
