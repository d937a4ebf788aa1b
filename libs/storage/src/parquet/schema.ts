import type { SchemaElement } from 'hyparquet'
import type { ColumnType } from '../csv/inference.ts'

/** The type in the Parquet schema: physical, logical and, for old readers, converted. */
type ColumnSchema = Required<Pick<SchemaElement, 'type'>> &
  Pick<SchemaElement, 'logical_type' | 'converted_type'>

/** Timestamps count microseconds, dates days, both from 1970. */
export const columnSchemas: Record<ColumnType, ColumnSchema> = {
  int64: { type: 'INT64' },
  double: { type: 'DOUBLE' },
  boolean: { type: 'BOOLEAN' },
  date: { type: 'INT32', logical_type: { type: 'DATE' }, converted_type: 'DATE' },
  timestamp: {
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' },
  },
  'timestamp-utc': {
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    converted_type: 'TIMESTAMP_MICROS',
  },
  text: { type: 'BYTE_ARRAY', logical_type: { type: 'STRING' }, converted_type: 'UTF8' },
}
