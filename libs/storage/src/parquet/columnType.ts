import type { SchemaElement } from '@table/kernels'

/** The type of a column of integers that is not nested. */
export interface Integers {
  valueBytes: 4 | 8
  signed: boolean
  nullable: boolean
}

// Numbers of parquet.thrift.
const INT32 = 1
const INT64 = 2
const OPTIONAL = 1
const REPEATED = 2
const INTEGER = 10
const UINT_8 = 11
const UINT_64 = 14
const INT_64 = 18

/** Undefined if the column has anything but integers. */
export function integersOf(element: SchemaElement): Integers | undefined {
  const { type, repetition, convertedType = INT_64, logicalType, isSigned } = element
  if ((type !== INT32 && type !== INT64) || repetition === REPEATED) return undefined
  if (
    logicalType === undefined ? convertedType < UINT_8 || convertedType > INT_64 : logicalType !== INTEGER
  ) {
    return undefined
  }
  return {
    valueBytes: type === INT32 ? 4 : 8,
    signed: logicalType === undefined ? convertedType > UINT_64 : isSigned,
    nullable: repetition === OPTIONAL,
  }
}

const physicalTypes = 'BOOLEAN INT32 INT64 INT96 FLOAT DOUBLE BYTE_ARRAY FIXED_LEN_BYTE_ARRAY'.split(' ')
const logicalTypes =
  'STRING MAP LIST ENUM DECIMAL DATE TIME TIMESTAMP - INTEGER UNKNOWN JSON BSON UUID FLOAT16 VARIANT GEOMETRY GEOGRAPHY'.split(
    ' ',
  )

/** What the format calls the type of a column. */
export function typeName({ type, repetition, logicalType, convertedType }: SchemaElement): string {
  if (type === undefined) return 'a group'
  const physical = physicalTypes[type] ?? `of type ${type}`
  if (repetition === REPEATED) return `repeated ${physical}`
  if (logicalType !== undefined) return logicalTypes[logicalType - 1] ?? `of logical type ${logicalType}`
  return convertedType === undefined ? physical : `${physical} of converted type ${convertedType}`
}
