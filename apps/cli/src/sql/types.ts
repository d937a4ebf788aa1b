import { DataType, type Field, Precision, TimeUnit } from 'apache-arrow'

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
  if (isText(type)) return 'text'
  if (isBytes(type)) return 'blob'
  if (DataType.isDate(type)) return 'date'
  if (DataType.isTime(type)) return 'time'
  if (DataType.isTimestamp(type)) {
    const name = `timestamp${units[type.unit] === '' ? '' : `_${units[type.unit]}`}`
    return type.timezone ? `${name}-utc` : name
  }
  if (DataType.isInterval(type)) return 'interval'
  if (DataType.isDictionary(type)) return typeName(type.dictionary)
  if (isList(type)) return `${typeName(childrenOf(type)[0]?.type ?? type)}[]`
  if (DataType.isMap(type))
    return `map(${fieldTypes(childrenOf(childrenOf(type)[0]?.type ?? type)).join(', ')})`
  if (DataType.isStruct(type)) {
    const fields = childrenOf(type)
    return `struct(${fields.map(({ name }, i) => `${name} ${fieldTypes(fields)[i]}`).join(', ')})`
  }
  if (DataType.isNull(type)) return 'null'
  return String(type).toLowerCase()
}

/** Whether values are aligned to the right, as numbers are. */
export function isNumber(type: DataType): boolean {
  return DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type)
}

export function isText(type: DataType): boolean {
  return DataType.isUtf8(type) || DataType.isLargeUtf8(type) || DataType.isUtf8View(type)
}

export function isBytes(type: DataType): boolean {
  return (
    DataType.isBinary(type) ||
    DataType.isLargeBinary(type) ||
    DataType.isBinaryView(type) ||
    DataType.isFixedSizeBinary(type)
  )
}

export function isList(type: DataType): boolean {
  return DataType.isList(type) || DataType.isLargeList(type) || DataType.isFixedSizeList(type)
}

function childrenOf(type: DataType): readonly Field[] {
  return type.children ?? []
}

function fieldTypes(fields: readonly Field[]): string[] {
  return fields.map(({ type }) => typeName(type))
}
