// Columns that another program has sent, as what texts and files are made of.
import { type Data, DataType, DateUnit, Precision, TimeUnit } from 'apache-arrow'
import type { ArrowColumn } from './column.ts'
import type { ArrowType } from './type.ts'

const units = {
  [TimeUnit.SECOND]: 's',
  [TimeUnit.MILLISECOND]: 'ms',
  [TimeUnit.MICROSECOND]: 'us',
  [TimeUnit.NANOSECOND]: 'ns',
} as const

/** Returns one of our types, undefined if none of them has such values. */
export function arrowTypeOf(type: DataType): ArrowType | undefined {
  if (DataType.isInt(type)) return { name: 'int', bits: type.bitWidth, signed: type.isSigned }
  if (DataType.isFloat(type) && type.precision !== Precision.HALF)
    return { name: 'float', bits: type.precision === Precision.DOUBLE ? 64 : 32 }
  if (DataType.isDecimal(type) && type.bitWidth === 128 && type.scale >= 0)
    return { name: 'decimal', precision: type.precision, scale: type.scale }
  if (DataType.isBool(type)) return { name: 'bool' }
  if (DataType.isUtf8(type)) return { name: 'utf8' }
  if (DataType.isBinary(type)) return { name: 'binary' }
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) return { name: 'date' }
  if (DataType.isTime(type) && type.unit === TimeUnit.MICROSECOND) return { name: 'time' }
  if (DataType.isTimestamp(type))
    return { name: 'timestamp', unit: units[type.unit], utc: Boolean(type.timezone) }
  return undefined
}

/** Returns the values of a record batch in one of our types. */
export function columnOf(type: ArrowType, data: Data): ArrowColumn {
  const { values, valueOffsets, nullBitmap, nullCount, offset } = data
  return {
    type,
    values,
    offsets: valueOffsets,
    valid: nullCount > 0 ? nullBitmap : undefined,
    firstBit: offset,
  }
}
