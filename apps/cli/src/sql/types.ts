import { DataType, Precision, TimeUnit } from 'apache-arrow'

const units = {
  [TimeUnit.SECOND]: 's',
  [TimeUnit.MILLISECOND]: 'ms',
  [TimeUnit.MICROSECOND]: '',
  [TimeUnit.NANOSECOND]: 'ns',
}

/** Returns what a type is called in the header of a table: as `describe` calls it, or else as DuckDB does. */
export function typeName(type: DataType): string {
  if (DataType.isInt(type)) return `${type.isSigned ? '' : 'u'}int${type.bitWidth}`
  if (DataType.isFloat(type)) return type.precision === Precision.DOUBLE ? 'double' : 'float'
  if (DataType.isDecimal(type)) return `decimal(${type.precision},${type.scale})`
  if (DataType.isBool(type)) return 'boolean'
  if (DataType.isUtf8(type)) return 'text'
  if (DataType.isBinary(type)) return 'blob'
  if (DataType.isDate(type)) return 'date'
  if (DataType.isTime(type)) return 'time'
  if (DataType.isTimestamp(type)) {
    const name = `timestamp${units[type.unit] === '' ? '' : `_${units[type.unit]}`}`
    return type.timezone ? `${name}-utc` : name
  }
  return String(type).toLowerCase()
}

/** Whether values are aligned to the right, as numbers are. */
export function isNumber(type: DataType): boolean {
  return DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type)
}
