import type { ColumnDescription, QueryResult } from '../api/client.ts'
import { kindOf } from './drift.ts'

const BINS = 24
const VALUES = 8

export interface Bar {
  label: string
  rows: number
}

/** `a"b` as `"a""b"`. */
export function identifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}

/** Returns the query for the distribution of a column: bins of numbers and times, or the most frequent values. */
export function distributionQuery(column: Pick<ColumnDescription, 'name' | 'types'>): string {
  const name = identifier(column.name)
  const kind = kindOf(column)
  if (kind === 'values')
    return `SELECT ${name} AS value, count(*) AS rows FROM data WHERE ${name} IS NOT NULL GROUP BY value ORDER BY rows DESC, value LIMIT ${VALUES}`
  const number = kind === 'numbers' ? `${name}::DOUBLE` : `epoch(${name}::TIMESTAMP)`
  return `WITH v AS (SELECT ${number} AS v FROM data WHERE ${name} IS NOT NULL),
  b AS (SELECT min(v) AS low, max(v) AS high FROM v WHERE isfinite(v))
SELECT least(${BINS - 1}, floor(${BINS} * ((v - low) / (high - low)))::INTEGER) AS bin, count(*) AS rows, any_value(low) AS low, any_value(high) AS high
FROM v, b WHERE isfinite(v) AND high > low GROUP BY bin ORDER BY bin`
}

/** Makes bars of the answer to `distributionQuery`. */
export function barsOf(column: Pick<ColumnDescription, 'types'>, { rows }: QueryResult): Bar[] {
  const kind = kindOf(column)
  if (kind === 'values') return rows.map(([value, found]) => ({ label: String(value), rows: Number(found) }))
  const [low, high] = [Number(rows[0]?.[2]), Number(rows[0]?.[3])]
  const found = new Map(rows.map(([bin, found]) => [Number(bin), Number(found)]))
  const edge = (bin: number) => shownEdge(low + ((high - low) * bin) / BINS, kind === 'times', high - low)
  return rows.length === 0
    ? []
    : Array.from({ length: BINS }, (_, bin) => ({
        label: `${edge(bin)} to ${edge(bin + 1)}`,
        rows: found.get(bin) ?? 0,
      }))
}

function shownEdge(value: number, isTime: boolean, width: number): string {
  if (!isTime) return Number(value.toPrecision(4)).toLocaleString('en', { maximumSignificantDigits: 4 })
  const iso = new Date(value * 1000).toISOString()
  return width > 3 * 86400 * BINS ? iso.slice(0, 10) : iso.slice(0, 16).replace('T', ' ')
}

/** Returns another column that SQL would take for this one, since case does not matter there. */
export function namesake(name: string, columns: readonly { name: string }[]): string | undefined {
  const lower = name.toLowerCase()
  return columns.find(other => other.name !== name && other.name.toLowerCase() === lower)?.name
}
