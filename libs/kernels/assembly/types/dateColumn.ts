import { NO_DATE, parseDate } from './dateTime'
import { FieldType, readColumn } from './readColumn'

/** Four bytes: the days since 1970-01-01. */
@final
class DateType extends FieldType {
  // @ts-expect-error: a decorator
  @inline
  width(): usize {
    return 4
  }

  // @ts-expect-error: a decorator
  @inline
  read(start: usize, end: usize, out: usize): bool {
    const days = parseDate(start, end)
    store<i32>(out, days)
    return days != NO_DATE
  }
}

export function dateColumn(
  ends: usize,
  records: u32,
  columns: u32,
  column: u32,
  values: usize,
  levels: usize,
): i32 {
  return readColumn<DateType>(ends, records, columns, column, values, levels)
}
