// The structs of parquet.thrift that are written, with the numbers of their fields.
import type { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { serializeTCompactProtocol } from 'hyparquet-writer/src/thrift.js'

/** A struct as the serializer takes it: `field_5` for field number 5. */
export type Struct = Record<`field_${number}`, unknown>

export const PageHeader = {
  type: 'field_1',
  uncompressed_page_size: 'field_2',
  compressed_page_size: 'field_3',
  crc: 'field_4',
  data_page_header: 'field_5',
  dictionary_page_header: 'field_7',
} as const

export const DataPageHeader = {
  num_values: 'field_1',
  encoding: 'field_2',
  definition_level_encoding: 'field_3',
  repetition_level_encoding: 'field_4',
} as const

export const DictionaryPageHeader = { num_values: 'field_1', encoding: 'field_2' } as const

/** The row groups are field 4. `Footer` writes them by hand. */
export const FileMetaData = { version: 'field_1', schema: 'field_2', num_rows: 'field_3' } as const

/**
 * The fields after the row groups. A field's number is written as its distance from the previous field, which
 * the file has as number 4 and the serializer as 0: these are the fields 6 and 7.
 */
export const EndOfFileMetaData = { created_by: 'field_2', column_orders: 'field_3' } as const

export const ColumnOrder = { type_order: 'field_1' } as const

export const SchemaElement = {
  type: 'field_1',
  repetition_type: 'field_3',
  name: 'field_4',
  num_children: 'field_5',
  converted_type: 'field_6',
  logical_type: 'field_10',
} as const

export const LogicalType = { string: 'field_1', date: 'field_6', timestamp: 'field_8' } as const

export const TimestampType = { is_adjusted_to_utc: 'field_1', unit: 'field_2' } as const

export const TimeUnit = { micros: 'field_2' } as const

export const RowGroup = {
  columns: 'field_1',
  total_byte_size: 'field_2',
  num_rows: 'field_3',
  total_compressed_size: 'field_6',
} as const

export const ColumnChunk = { file_offset: 'field_2', meta_data: 'field_3' } as const

export const ColumnMetaData = {
  type: 'field_1',
  encodings: 'field_2',
  path_in_schema: 'field_3',
  codec: 'field_4',
  num_values: 'field_5',
  total_uncompressed_size: 'field_6',
  total_compressed_size: 'field_7',
  data_page_offset: 'field_9',
  dictionary_page_offset: 'field_11',
  statistics: 'field_12',
} as const

export const Statistics = {
  null_count: 'field_3',
  max_value: 'field_5',
  min_value: 'field_6',
  is_max_value_exact: 'field_7',
  is_min_value_exact: 'field_8',
} as const

/**
 * Appends a struct in Thrift's compact protocol. The fields must be in ascending order; undefined fields are
 * left out.
 */
export function serialize(out: ByteWriter, struct: Struct): void {
  serializeTCompactProtocol(out, struct)
}
