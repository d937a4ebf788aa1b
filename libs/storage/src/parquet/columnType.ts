import type { SchemaElement } from '@table/kernels'
import type { SchemaElement as WrittenElement } from 'hyparquet'
import type { ColumnType } from '../schema.ts'
import { ConvertedType, LogicalType, PhysicalType, Repetition } from './format.ts'

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

/** The type of a column of integers that is not nested. */
export interface Integers {
  valueBytes: 4 | 8
  signed: boolean
  nullable: boolean
}

/** Undefined if the column has anything but integers. */
export function integersOf(element: SchemaElement): Integers | undefined {
  const { type, repetition, convertedType = ConvertedType.INT_64, logicalType, isSigned } = element
  if ((type !== PhysicalType.INT32 && type !== PhysicalType.INT64) || repetition === Repetition.REPEATED)
    return undefined
  if (
    logicalType === undefined
      ? convertedType < ConvertedType.UINT_8 || convertedType > ConvertedType.INT_64
      : logicalType !== LogicalType.INTEGER
  ) {
    return undefined
  }
  return {
    valueBytes: type === PhysicalType.INT32 ? 4 : 8,
    signed: logicalType === undefined ? convertedType > ConvertedType.UINT_64 : isSigned,
    nullable: repetition === Repetition.OPTIONAL,
  }
}

const physicalTypes = 'BOOLEAN INT32 INT64 INT96 FLOAT DOUBLE BYTE_ARRAY FIXED_LEN_BYTE_ARRAY'.split(' ')
const logicalTypes =
  'STRING MAP LIST ENUM DECIMAL DATE TIME TIMESTAMP - INTEGER UNKNOWN JSON BSON UUID FLOAT16 VARIANT GEOMETRY GEOGRAPHY'.split(
    ' ',
  )

/** Whether the file has the column as one of the type is written. */
export function isWrittenAs({ type, repetition }: SchemaElement, columnType: ColumnType): boolean {
  const { type: expected } = columnSchemas[columnType]
  return type !== undefined && physicalTypes[type] === expected && repetition === Repetition.OPTIONAL
}

/** What the format calls the type of a column. */
export function typeName({ type, repetition, logicalType, convertedType }: SchemaElement): string {
  if (type === undefined) return 'a group'
  const physical = physicalTypes[type] ?? `of type ${type}`
  if (repetition === Repetition.REPEATED) return `repeated ${physical}`
  if (logicalType !== undefined) return logicalTypes[logicalType - 1] ?? `of logical type ${logicalType}`
  return convertedType === undefined ? physical : `${physical} of converted type ${convertedType}`
}
