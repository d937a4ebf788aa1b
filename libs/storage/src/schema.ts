// The type model: what an upload's columns are called and what they hold.

/** What a column holds. `timestamp` has no zone (local time), `timestamp-utc` is a point in time. */
export type ColumnType = 'int64' | 'double' | 'boolean' | 'date' | 'timestamp' | 'timestamp-utc' | 'text'

/** One value: a date in days, a timestamp in microseconds, both from 1970. */
export type Value = bigint | number | boolean | string | null

export interface Column {
  name: string
  type: ColumnType
}
