import { storeMultiplyAdd } from '../../csv/integers.ts'
import { parseTimestamp } from '../../csv/times.ts'
import { type ColumnKind, fixedWidthAppend } from './columnKind.ts'
import { int64Range } from './int64.ts'

/** Microseconds from 1970-01-01T00:00:00, of no zone. */
export const timestamp: ColumnKind = {
  schema: {
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: false, unit: 'MICROS' },
  },
  width: 8,
  append: appendTimestamps(false),
  range: int64Range,
}

/** Microseconds from 1970-01-01T00:00:00 UTC. */
export const timestampUtc: ColumnKind = {
  schema: {
    type: 'INT64',
    logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
    converted_type: 'TIMESTAMP_MICROS',
  },
  width: 8,
  append: appendTimestamps(true),
  range: int64Range,
}

function appendTimestamps(zoned: boolean): ColumnKind['append'] {
  return fixedWidthAppend(8, (bytes, start, end, { ints }, index) => {
    const value = parseTimestamp(bytes, start, end)
    if (value?.zoned !== zoned) return false
    storeMultiplyAdd(value.seconds, 1e6, value.micros, ints, 2 * index)
    return true
  })
}
