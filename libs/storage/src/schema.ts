// The type model: the names of an upload's columns and the types of their values.

/** What a column holds. `timestamp` is local time without a zone; `timestamp-utc` is a point in time. */
export type ColumnType = 'int64' | 'double' | 'boolean' | 'date' | 'timestamp' | 'timestamp-utc' | 'text'

/** One value. A date is in days and a timestamp in microseconds, both since 1970. */
export type Value = bigint | number | boolean | string | null

export interface Column {
  name: string
  type: ColumnType
}
