import { type Data, DataType, type Field, Precision, TimeUnit, type Vector } from 'apache-arrow'
import type { ConvertedType, SchemaElement } from 'hyparquet'
import { CliError, oneLine } from '../errors.ts'
import { cellsOf, unscaled } from './texts.ts'
import { typeName } from './types.ts'

const DECIMAL_BYTES = 16
const MICROSECONDS_PER_SECOND = 1_000_000n

/** Parquet has no timestamps in seconds. */
const timestampUnits = {
  [TimeUnit.SECOND]: 'MICROS',
  [TimeUnit.MILLISECOND]: 'MILLIS',
  [TimeUnit.MICROSECOND]: 'MICROS',
  [TimeUnit.NANOSECOND]: 'NANOS',
} as const

/** Returns how Parquet declares a column. Throws CliError for a type that has no plain column in Parquet. */
export function schemaElement(field: Field): SchemaElement {
  const { name } = field
  return { name, repetition_type: 'OPTIONAL', ...physicalType(field) }
}

function physicalType({ name, type }: Field): Omit<SchemaElement, 'name'> {
  if (DataType.isInt(type)) return integerType(type.bitWidth, type.isSigned)
  if (DataType.isFloat(type)) return { type: type.precision === Precision.DOUBLE ? 'DOUBLE' : 'FLOAT' }
  if (DataType.isDecimal(type)) {
    const { precision, scale } = type
    const decimal = { precision, scale, logical_type: { type: 'DECIMAL', precision, scale } } as const
    return {
      type: 'FIXED_LEN_BYTE_ARRAY',
      type_length: DECIMAL_BYTES,
      converted_type: 'DECIMAL',
      ...decimal,
    }
  }
  if (DataType.isBool(type)) return { type: 'BOOLEAN' }
  if (DataType.isUtf8(type))
    return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
  if (DataType.isBinary(type)) return { type: 'BYTE_ARRAY' }
  if (DataType.isDate(type)) return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } }
  if (DataType.isTimestamp(type)) {
    const unit = timestampUnits[type.unit]
    const isAdjustedToUTC = Boolean(type.timezone)
    return { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC, unit } }
  }
  if (DataType.isTime(type))
    return { type: 'INT64', logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MICROS' } }
  const what = `column ${JSON.stringify(name)} is ${typeName(type)}, which a Parquet file of table-cli cannot hold`
  throw new CliError(oneLine(`${what}: cast it to text (${name}::text), or write -o FILE.arrow`))
}

/** hyparquet-writer writes the width of a logical integer type in a form that pyarrow refuses; the older converted types are read by all. */
function integerType(bitWidth: number, isSigned: boolean): Omit<SchemaElement, 'name'> {
  const type = bitWidth === 64 ? 'INT64' : 'INT32'
  if (isSigned && bitWidth >= 32) return { type }
  return { type, converted_type: `${isSigned ? '' : 'U'}INT_${bitWidth}` as ConvertedType }
}

/** Returns the values of a column as hyparquet-writer takes them: integers of 64 bits and more as bigints, null for a null. */
export function parquetValues(vector: Vector): unknown[] {
  const [data] = vector.data
  if (!data) return Array(vector.length).fill(null)
  const valueAt = valuesOf(vector, data)
  const isWhole = vector.nullCount === 0
  return Array.from({ length: vector.length }, (_, row) =>
    isWhole || vector.isValid(row) ? valueAt(row) : null,
  )
}

function valuesOf(vector: Vector, data: Data): (row: number) => unknown {
  const { type, values } = data
  if (DataType.isUtf8(type)) return cellsOf(vector)
  if (DataType.isDecimal(type)) return row => unscaled(data, row)
  if (DataType.isBool(type) || DataType.isBinary(type)) return row => vector.get(row)
  if (DataType.isTimestamp(type) && type.unit === TimeUnit.SECOND)
    return row => values[row] * MICROSECONDS_PER_SECOND
  return row => values[row]
}
