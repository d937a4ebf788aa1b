import type { SchemaElement } from '@table/kernels'
import type { SchemaElement as WrittenElement } from 'hyparquet'
import type { ColumnType } from '../schema.ts'
import { Repetition } from './format.ts'

/** The type in the Parquet schema: physical, logical and, for old readers, converted. */
type ColumnSchema = Required<Pick<WrittenElement, 'type'>> &
  Pick<WrittenElement, 'logical_type' | 'converted_type'>

/** Timestamps count microseconds, dates days, both since 1970. */
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

const physicalTypes = 'BOOLEAN INT32 INT64 INT96 FLOAT DOUBLE BYTE_ARRAY FIXED_LEN_BYTE_ARRAY'.split(' ')

/** Whether a file has a column as one of the type is written. */
export function isWrittenAs({ type, repetition }: SchemaElement, columnType: ColumnType): boolean {
  return physicalTypes[type] === columnSchemas[columnType].type && repetition === Repetition.OPTIONAL
}

/** Returns what the format calls the type of a column. */
export function typeName({ type, repetition }: SchemaElement): string {
  const physical = physicalTypes[type] ?? `type ${type}`
  return repetition === Repetition.OPTIONAL ? physical : `${physical} that is not optional`
}
