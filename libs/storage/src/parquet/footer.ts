import type { ColumnMetaData, LogicalType } from 'hyparquet'
import {
  CompressionCodecs,
  ConvertedTypes,
  Encodings,
  FieldRepetitionTypes,
  ParquetTypes,
} from 'hyparquet/src/constants.js'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js'
import type { Column } from '../csv/inference.ts'
import { StorageError } from '../errors.ts'
import { limits } from '../limits.ts'
import { Gathered } from './gathered.ts'
import { columnSchemas } from './schema.ts'
import { thriftStatistics } from './statistics.ts'

// Thrift's compact protocol: a field that comes right after the one before it and is a list; the type of a struct.
const NEXT_FIELD_IS_LIST = 0x19
const STRUCT = 12

/**
 * The footer of a file under way: FileMetaData of parquet.thrift. A row group is serialized when it ends, because a wide
 * table has so many column chunks that their objects, all kept until the end, would not fit into a worker's memory. What is
 * serialized might not either, and goes to a file.
 */
export class Footer {
  readonly #columns: readonly Column[]
  readonly #rowGroups: Gathered
  #count = 0
  #rows = 0

  /** `path`: of the file that the footer is gathered in where it is long. To be closed. */
  constructor(columns: readonly Column[], path: string) {
    this.#columns = columns
    this.#rowGroups = new Gathered(path)
  }

  /** Throws StorageError `invalid` if the footer is longer than the limit. */
  addRowGroup(rows: number, chunks: readonly ColumnMetaData[]): void {
    const bytes = chunks.reduce((sum, { total_compressed_size }) => sum + total_compressed_size, 0n)
    this.#count++
    this.#rows += rows
    this.#rowGroups.add({
      field_1: chunks.map((chunk, i) => ({
        field_2: 0n,
        field_3: thriftChunk(chunk, this.#columns[i] as Column),
      })),
      field_2: bytes,
      field_3: BigInt(rows),
      field_6: bytes,
    })
    this.#check(this.#rowGroups.length)
  }

  /** The footer in parts, with its length in the four bytes that stand behind it. A part is valid until the next. */
  *parts(createdBy: string): Generator<Uint8Array> {
    const start = new ByteWriter()
    serializeTCompactProtocol(start, {
      field_1: 2,
      field_2: [thriftRoot(this.#columns.length), ...this.#columns.map(thriftColumn)],
      field_3: BigInt(this.#rows),
    })
    start.index = --start.offset // without the end of the struct
    start.appendUint8(NEXT_FIELD_IS_LIST)
    start.appendUint8((Math.min(this.#count, 15) << 4) | STRUCT)
    if (this.#count >= 15) start.appendVarInt(this.#count)

    const end = new ByteWriter()
    // Fields 6 and 7: the protocol counts from the field before, which was number 4.
    serializeTCompactProtocol(end, {
      field_2: createdBy,
      field_3: this.#columns.map(() => ({ field_1: {} })),
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
  return { field_4: 'schema', field_5: columns }
}

function thriftColumn({ name, type }: Column) {
  const schema = columnSchemas[type]
  return {
    field_1: ParquetTypes.indexOf(schema.type),
    field_3: FieldRepetitionTypes.indexOf('OPTIONAL'),
    field_4: name,
    field_6: schema.converted_type && ConvertedTypes.indexOf(schema.converted_type),
    field_10: schema.logical_type && thriftLogicalType(schema.logical_type),
  }
}

/** Those of them that we write. */
function thriftLogicalType(type: LogicalType) {
  switch (type.type) {
    case 'STRING':
      return { field_1: {} }
    case 'DATE':
      return { field_6: {} }
    case 'TIMESTAMP': {
      const micros = { field_2: {} }
      return { field_8: { field_1: type.isAdjustedToUTC, field_2: micros } }
    }
    default:
      throw new Error(`no column is written as ${type.type}`)
  }
}

function thriftChunk(chunk: ColumnMetaData, { type }: Column) {
  return {
    field_1: ParquetTypes.indexOf(chunk.type),
    field_2: chunk.encodings.map(encoding => Encodings.indexOf(encoding)),
    field_3: chunk.path_in_schema,
    field_4: CompressionCodecs.indexOf(chunk.codec),
    field_5: chunk.num_values,
    field_6: chunk.total_uncompressed_size,
    field_7: chunk.total_compressed_size,
    field_9: chunk.data_page_offset,
    field_11: chunk.dictionary_page_offset,
    field_12: chunk.statistics && thriftStatistics(chunk.statistics, type),
  }
}
