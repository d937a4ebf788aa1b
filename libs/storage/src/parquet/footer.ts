import type { ColumnMetaData as ChunkMetadata, LogicalType as LogicalTypeOfColumn } from 'hyparquet'
import {
  CompressionCodecs,
  ConvertedTypes,
  Encodings,
  FieldRepetitionTypes,
  ParquetTypes,
} from 'hyparquet/src/constants.js'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { StorageError } from '../errors.ts'
import { limits } from '../limits.ts'
import type { Column } from '../schema.ts'
import { columnSchemas } from './columnType.ts'
import { Gathered } from './gathered.ts'
import { thriftStatistics } from './statistics.ts'
import {
  ColumnChunk,
  ColumnMetaData,
  ColumnOrder,
  EndOfFileMetaData,
  FileMetaData,
  LogicalType,
  RowGroup,
  SchemaElement,
  type Struct,
  serialize,
  TimestampType,
  TimeUnit,
} from './thrift.ts'

// Thrift's compact protocol: the header of a list in the next field, and the type of a struct.
const NEXT_FIELD_IS_LIST = 0x19
const STRUCT = 12

/**
 * Builds the footer of a file: FileMetaData of parquet.thrift. Each row group is serialized when it ends,
 * because the objects of a wide table's column chunks would not fit into a worker's memory. Even serialized
 * they might not fit, so they can go to a file.
 */
export class Footer {
  readonly #columns: readonly Column[]
  readonly #rowGroups: Gathered
  #count = 0
  #rows = 0

  /** `path`: the file in which a long footer is gathered. Call `close` at the end. */
  constructor(columns: readonly Column[], path: string) {
    this.#columns = columns
    this.#rowGroups = new Gathered(path)
  }

  /** Adds a row group. Throws StorageError `invalid` if the footer exceeds its limit. */
  addRowGroup(rows: number, chunks: readonly ChunkMetadata[]): void {
    const bytes = chunks.reduce((sum, { total_compressed_size }) => sum + total_compressed_size, 0n)
    this.#count++
    this.#rows += rows
    this.#rowGroups.add({
      [RowGroup.columns]: chunks.map((chunk, i) => ({
        [ColumnChunk.file_offset]: 0n,
        [ColumnChunk.meta_data]: thriftChunk(chunk, this.#columns[i] as Column),
      })),
      [RowGroup.total_byte_size]: bytes,
      [RowGroup.num_rows]: BigInt(rows),
      [RowGroup.total_compressed_size]: bytes,
    })
    this.#check(this.#rowGroups.length)
  }

  /** Yields the footer in parts, followed by its length in four bytes. A part is valid until the next one. */
  *parts(createdBy: string): Generator<Uint8Array> {
    const start = new ByteWriter()
    serialize(start, {
      [FileMetaData.version]: 2,
      [FileMetaData.schema]: [thriftRoot(this.#columns.length), ...this.#columns.map(thriftColumn)],
      [FileMetaData.num_rows]: BigInt(this.#rows),
    })
    start.index = --start.offset // drops the byte that ends the struct: its last fields follow
    start.appendUint8(NEXT_FIELD_IS_LIST)
    start.appendUint8((Math.min(this.#count, 15) << 4) | STRUCT)
    if (this.#count >= 15) start.appendVarInt(this.#count)

    const end = new ByteWriter()
    serialize(end, {
      [EndOfFileMetaData.created_by]: createdBy,
      [EndOfFileMetaData.column_orders]: this.#columns.map(() => ({ [ColumnOrder.type_order]: {} })),
    })
    const length = start.offset + this.#rowGroups.length + end.offset
    this.#check(length)
    end.appendUint32(length)
    yield start.getBytes()
    yield* this.#rowGroups.parts()
    yield end.getBytes()
  }

  close(): void {
    this.#rowGroups.close()
  }

  #check(bytes: number): void {
    if (bytes <= limits.footerBytes) return
    const found = `${this.#columns.length} columns in ${this.#count} row groups, which take ${bytes} bytes of a Parquet footer`
    const advice = 'upload it in pieces, or with shorter column names'
    throw new StorageError('invalid', `found ${found}, expected at most ${limits.footerBytes}: ${advice}`)
  }
}

function thriftRoot(columns: number) {
  return { [SchemaElement.name]: 'schema', [SchemaElement.num_children]: columns }
}

function thriftColumn({ name, type }: Column) {
  const schema = columnSchemas[type]
  return {
    [SchemaElement.type]: ParquetTypes.indexOf(schema.type),
    [SchemaElement.repetition_type]: FieldRepetitionTypes.indexOf('OPTIONAL'),
    [SchemaElement.name]: name,
    [SchemaElement.converted_type]: schema.converted_type && ConvertedTypes.indexOf(schema.converted_type),
    [SchemaElement.logical_type]: schema.logical_type && thriftLogicalType(schema.logical_type),
  }
}

/** Returns the LogicalType of one of the types that we write. */
function thriftLogicalType(type: LogicalTypeOfColumn): Struct {
  switch (type.type) {
    case 'STRING':
      return { [LogicalType.string]: {} }
    case 'DATE':
      return { [LogicalType.date]: {} }
    case 'TIMESTAMP': {
      const timestamp = {
        [TimestampType.is_adjusted_to_utc]: type.isAdjustedToUTC,
        [TimestampType.unit]: { [TimeUnit.micros]: {} },
      }
      return { [LogicalType.timestamp]: timestamp }
    }
    default:
      throw new Error(`no column is written as ${type.type}`)
  }
}

function thriftChunk(chunk: ChunkMetadata, { type }: Column) {
  return {
    [ColumnMetaData.type]: ParquetTypes.indexOf(chunk.type),
    [ColumnMetaData.encodings]: chunk.encodings.map(encoding => Encodings.indexOf(encoding)),
    [ColumnMetaData.path_in_schema]: chunk.path_in_schema,
    [ColumnMetaData.codec]: CompressionCodecs.indexOf(chunk.codec),
    [ColumnMetaData.num_values]: chunk.num_values,
    [ColumnMetaData.total_uncompressed_size]: chunk.total_uncompressed_size,
    [ColumnMetaData.total_compressed_size]: chunk.total_compressed_size,
    [ColumnMetaData.data_page_offset]: chunk.data_page_offset,
    [ColumnMetaData.dictionary_page_offset]: chunk.dictionary_page_offset,
    [ColumnMetaData.statistics]: chunk.statistics && thriftStatistics(chunk.statistics, type),
  }
}
