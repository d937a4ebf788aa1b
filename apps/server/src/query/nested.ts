// Values that have no Arrow type of ours are sent as text: nested values as JSON, others as DuckDB writes them.
import {
  DuckDBArrayType,
  type DuckDBArrayValue,
  DuckDBDateValue,
  DuckDBListType,
  type DuckDBListValue,
  DuckDBMapType,
  type DuckDBMapValue,
  DuckDBStructType,
  type DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  type DuckDBType,
  DuckDBUnionType,
  type DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api'

/**
 * Returns the type with numbers in place of the names in its structs, for vectors whose values `textOf` gets. DuckDB's API makes an object
 * of a struct, which keeps one value of each name: all values of a tuple such as `(x, y)` have the empty name.
 */
export function numbered(type: DuckDBType): DuckDBType {
  if (type instanceof DuckDBListType) return new DuckDBListType(numbered(type.valueType))
  if (type instanceof DuckDBArrayType) return new DuckDBArrayType(numbered(type.valueType), type.length)
  if (type instanceof DuckDBMapType)
    return new DuckDBMapType(numbered(type.keyType), numbered(type.valueType))
  if (type instanceof DuckDBUnionType)
    return new DuckDBUnionType(type.memberTags, type.memberTypes.map(numbered))
  if (!(type instanceof DuckDBStructType)) return type
  return new DuckDBStructType(Object.keys(type.entryTypes), type.entryTypes.map(numbered))
}

/** Returns the text of a value that is not null. `type`: of the value, with the names that `numbered` takes away. */
export function textOf(value: DuckDBValue, type: DuckDBType): string {
  return nestedText(value, type) ?? plainText(value)
}

/** Returns the JSON of a nested value: an object of a struct, or an array if its values have no names. Undefined: the value is not nested. */
function nestedText(value: DuckDBValue, type: DuckDBType): string | undefined {
  if (type instanceof DuckDBListType || type instanceof DuckDBArrayType) {
    const { items } = value as DuckDBListValue | DuckDBArrayValue
    return arrayOf(items.map(item => jsonOf(item, type.valueType)))
  }
  if (type instanceof DuckDBStructType) {
    const { entries } = value as DuckDBStructValue
    const values = type.entryTypes.map((entryType, i) => jsonOf(entries[i] as DuckDBValue, entryType))
    if (type.entryNames.every(name => name === '')) return arrayOf(values)
    return objectOf(type.entryNames.map((name, i) => [name, values[i] as string]))
  }
  if (type instanceof DuckDBMapType) {
    const { entries } = value as DuckDBMapValue
    return objectOf(
      entries.map(({ key, value }) => [textOf(key, type.keyType), jsonOf(value, type.valueType)]),
    )
  }
  if (!(type instanceof DuckDBUnionType)) return undefined
  const { tag, value: member } = value as DuckDBUnionValue
  return objectOf([[tag, jsonOf(member, type.memberTypes[type.memberIndexForTag(tag)] as DuckDBType)]])
}

/** Integers keep all their digits. Numbers that JSON does not have, and whatever else is no number, are texts. */
function jsonOf(value: DuckDBValue, type: DuckDBType): string {
  if (value === null) return 'null'
  const nested = nestedText(value, type)
  if (nested !== undefined) return nested
  const isJson = typeof value === 'bigint' || typeof value === 'boolean' || Number.isFinite(value)
  return isJson ? String(value) : JSON.stringify(plainText(value))
}

function arrayOf(values: readonly string[]): string {
  return `[${values.join()}]`
}

function objectOf(entries: readonly [name: string, json: string][]): string {
  return `{${entries.map(([name, json]) => `${JSON.stringify(name)}:${json}`).join()}}`
}

/** DuckDB's API writes some infinite times as the days that their numbers would be. */
function plainText(value: DuckDBValue): string {
  const time =
    value instanceof DuckDBDateValue
      ? value.days
      : value instanceof DuckDBTimestampSecondsValue
        ? value.seconds
        : value instanceof DuckDBTimestampMillisecondsValue
          ? value.millis
          : value instanceof DuckDBTimestampNanosecondsValue
            ? value.nanos
            : undefined
  if (time === undefined || (value as DuckDBDateValue).isFinite) return String(value)
  return time > 0 ? 'infinity' : '-infinity'
}
