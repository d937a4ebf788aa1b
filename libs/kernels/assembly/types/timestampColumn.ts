import { NO_TIMESTAMP, parseTimestamp } from './dateTime'
import { FieldType, readColumn } from './readColumn'

/** Eight bytes: the microseconds since 1970-01-01T00:00:00. */
abstract class TimestampType extends FieldType {
  // @ts-expect-error: a decorator
  @inline
  width(): usize {
    return 8
  }
}

@final
class LocalType extends TimestampType {
  // @ts-expect-error: a decorator
  @inline
  read(start: usize, end: usize, out: usize): bool {
    const micros = parseTimestamp(start, end, false)
    store<i64>(out, micros)
    return micros != NO_TIMESTAMP
  }
}

@final
class UtcType extends TimestampType {
  // @ts-expect-error: a decorator
  @inline
  read(start: usize, end: usize, out: usize): bool {
    const micros = parseTimestamp(start, end, true)
    store<i64>(out, micros)
    return micros != NO_TIMESTAMP
  }
}

/** Reads times without a zone. */
export function timestampColumn(
  ends: usize,
  records: u32,
  columns: u32,
  column: u32,
  values: usize,
  levels: usize,
): i32 {
  return readColumn<LocalType>(ends, records, columns, column, values, levels)
}

/** Reads times with a zone. */
export function timestampUtcColumn(
  ends: usize,
  records: u32,
  columns: u32,
  column: u32,
  values: usize,
  levels: usize,
): i32 {
  return readColumn<UtcType>(ends, records, columns, column, values, levels)
}
