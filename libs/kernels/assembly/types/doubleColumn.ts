import { MINUS } from '../csv/bytes'
import { readDecimal } from './double'
import { isNaNText, readAnyDouble } from './doubleAny'
import { FieldType, readColumn } from './readColumn'

/** Eight bytes. `doubleAny` says which numbers and words are doubles. */
@final
class DoubleType extends FieldType {
  // @ts-expect-error: a decorator
  @inline
  width(): usize {
    return 8
  }

  // @ts-expect-error: a decorator
  @inline
  read(start: usize, end: usize, out: usize): bool {
    const negative = load<u8>(start) == MINUS
    const value = readDecimal(start + <usize>negative, end)
    // Set the sign without a branch, which would be hard to predict.
    store<u64>(out, reinterpret<u64>(value) | (<u64>negative << 63))
    return value == value || readOther(start, end, out)
  }
}

function readOther(start: usize, end: usize, out: usize): bool {
  const value = readAnyDouble(start, end)
  store<f64>(out, value)
  return value == value || isNaNText(start, end)
}

export function doubleColumn(
  ends: usize,
  records: u32,
  columns: u32,
  column: u32,
  values: usize,
  levels: usize,
): i32 {
  return readColumn<DoubleType>(ends, records, columns, column, values, levels)
}
