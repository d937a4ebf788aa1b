/** The types that columns of an answer have. */
export type ArrowType =
  | { name: 'bool' | 'utf8' | 'binary' | 'date' | 'time' }
  | { name: 'int'; bits: number; signed: boolean }
  | { name: 'float'; bits: 32 | 64 }
  | { name: 'decimal'; precision: number; scale: number }
  | { name: 'timestamp'; unit: TimeUnit; utc: boolean }

export type TimeUnit = 's' | 'ms' | 'us' | 'ns'

export interface ArrowField {
  name: string
  type: ArrowType
}

/** Returns what people call a type: as `describe` calls it, or else as DuckDB does. */
export function typeName(type: ArrowType): string {
  switch (type.name) {
    case 'int':
      return `${type.signed ? '' : 'u'}int${type.bits}`
    case 'float':
      return type.bits === 64 ? 'double' : 'float'
    case 'decimal':
      return `decimal(${type.precision},${type.scale})`
    case 'bool':
      return 'boolean'
    case 'utf8':
      return 'text'
    case 'binary':
      return 'blob'
    case 'timestamp':
      return `timestamp${type.unit === 'us' ? '' : `_${type.unit}`}${type.utc ? '-utc' : ''}`
    default:
      return type.name
  }
}

export function isNumber({ name }: ArrowType): boolean {
  return name === 'int' || name === 'float' || name === 'decimal'
}
