import type { ConvertedType, SchemaElement } from 'hyparquet'
import { type ArrowColumn, isBitSet } from './column.ts'
import { isInfiniteTime } from './temporal.ts'
import { bytesAt, cellsOf, unscaled } from './texts.ts'
import type { ArrowField, ArrowType } from './type.ts'

const DECIMAL_BYTES = 16
const MICROSECONDS_PER_SECOND = 1_000_000n

/** Parquet has no timestamps in seconds. */
const timestampUnits = { s: 'MICROS', ms: 'MILLIS', us: 'MICROS', ns: 'NANOS' } as const

/** Returns how Parquet declares a column. */
export function schemaElement({ name, type }: ArrowField): SchemaElement {
  return { name, repetition_type: 'OPTIONAL', ...physicalType(type) }
}

function physicalType(type: ArrowType): Omit<SchemaElement, 'name'> {
  switch (type.name) {
    case 'int':
      return integerType(type.bits, type.signed)
    case 'float':
      return { type: type.bits === 64 ? 'DOUBLE' : 'FLOAT' }
    case 'decimal': {
      const { precision, scale } = type
      const decimal = { precision, scale, logical_type: { type: 'DECIMAL', precision, scale } } as const
      return {
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: DECIMAL_BYTES,
        converted_type: 'DECIMAL',
        ...decimal,
      }
    }
    case 'bool':
      return { type: 'BOOLEAN' }
    case 'utf8':
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8', logical_type: { type: 'STRING' } }
    case 'binary':
      return { type: 'BYTE_ARRAY' }
    case 'date':
      return { type: 'INT32', converted_type: 'DATE', logical_type: { type: 'DATE' } }
    case 'time':
      return { type: 'INT64', logical_type: { type: 'TIME', isAdjustedToUTC: false, unit: 'MICROS' } }
    case 'timestamp': {
      const unit = timestampUnits[type.unit]
      return { type: 'INT64', logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: type.utc, unit } }
    }
  }
}

/** hyparquet-writer writes the width of a logical integer type in a form that pyarrow refuses; the older converted types are read by all. */
function integerType(bitWidth: number, isSigned: boolean): Omit<SchemaElement, 'name'> {
  const type = bitWidth === 64 ? 'INT64' : 'INT32'
  if (isSigned && bitWidth >= 32) return { type }
  return { type, converted_type: `${isSigned ? '' : 'U'}INT_${bitWidth}` as ConvertedType }
}

/**
 * Yields the values of the rows from `from` to before `to` as hyparquet-writer takes them: integers of 64 bits and more as bigints, null for
 * a null.
 */
export function* parquetValues(column: ArrowColumn, from: number, to: number): Generator<unknown> {
  const { valid, firstBit } = column
  const valueAt = valuesOf(column)
  for (let row = from; row < to; row++) yield valid && !isBitSet(valid, firstBit + row) ? null : valueAt(row)
}

function valuesOf(column: ArrowColumn): (row: number) => unknown {
  const { type, values, firstBit } = column
  switch (type.name) {
    case 'utf8':
      return cellsOf(column)
    case 'binary': {
      const bytesOf = bytesAt(column)
      return row => Uint8Array.from(bytesOf(row))
    }
    case 'decimal':
      return row => unscaled(column, row)
    case 'bool': {
      const bits = values as Uint8Array
      return row => isBitSet(bits, firstBit + row)
    }
    case 'timestamp':
      return type.unit === 's' ? row => microseconds(values[row] as bigint) : row => values[row]
    default:
      return row => values[row]
  }
}

/** An infinite time is infinite in every unit. */
function microseconds(seconds: bigint): bigint {
  return isInfiniteTime(seconds) ? seconds : seconds * MICROSECONDS_PER_SECOND
}
