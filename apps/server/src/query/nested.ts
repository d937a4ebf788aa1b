// Values that have no Arrow type of ours are sent as text: nested values as JSON, others as DuckDB writes them.
import {
  DuckDBArrayValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api'

export function textOf(value: DuckDBValue): string {
  return isNested(value) ? jsonOf(value) : String(value)
}

function isNested(value: DuckDBValue): boolean {
  return [DuckDBListValue, DuckDBArrayValue, DuckDBStructValue, DuckDBMapValue, DuckDBUnionValue].some(
    kind => value instanceof kind,
  )
}

/** Integers keep all their digits. Numbers that JSON does not have, and whatever else is no number, are texts. */
function jsonOf(value: DuckDBValue): string {
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue)
    return `[${value.items.map(jsonOf).join(',')}]`
  if (value instanceof DuckDBStructValue) return objectOf(Object.entries(value.entries))
  if (value instanceof DuckDBMapValue)
    return objectOf(value.entries.map(({ key, value }) => [String(key), value]))
  if (value instanceof DuckDBUnionValue) return objectOf([[value.tag, value.value]])
  if (value === null || typeof value === 'bigint' || typeof value === 'boolean') return String(value)
  if (typeof value === 'number' && Number.isFinite(value)) return String(value)
  return JSON.stringify(String(value))
}

function objectOf(entries: [string, DuckDBValue][]): string {
  return `{${entries.map(([key, value]) => `${JSON.stringify(key)}:${jsonOf(value)}`).join(',')}}`
}
