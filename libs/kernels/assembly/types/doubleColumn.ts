import { MINUS } from '../csv/bytes'
import { hasNeedlessZero } from './digits'
import { readDecimal } from './double'
import { isNaNText, readAnyDouble } from './doubleAny'
import { FieldType, readColumn } from './readColumn'

/** Eight bytes. `doubleAny` says which numbers and words are doubles. */
abstract class AnyDoubleType extends FieldType {
  // @ts-expect-error: a decorator
  @inline
  width(): usize {
    return 8
  }
}

@final
class DoubleType extends AnyDoubleType {
  // @ts-expect-error: a decorator
  @inline
  read(start: usize, end: usize, out: usize): bool {
    return readDouble(start, end, out, false) && !hasNeedlessZero(start)
  }
}

/** As earlier releases took them: with needless zeros in front, too. */
@final
class StoredType extends AnyDoubleType {
  // @ts-expect-error: a decorator
  @inline
  read(start: usize, end: usize, out: usize): bool {
    return readDouble(start, end, out, true)
  }
}

// @ts-expect-error: a decorator
@inline
function readDouble(start: usize, end: usize, out: usize, stored: bool): bool {
  const negative = load<u8>(start) == MINUS
  const value = readDecimal(start + <usize>negative, end)
  // As a branch it would be hard to predict.
  store<u64>(out, reinterpret<u64>(value) | (<u64>negative << 63))
  return value == value || readOther(start, end, out, stored)
}

function readOther(start: usize, end: usize, out: usize, stored: bool): bool {
  const value = readAnyDouble(start, end, stored)
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
  stored: bool,
): i32 {
  return stored
    ? readColumn<StoredType>(ends, records, columns, column, values, levels)
    : readColumn<DoubleType>(ends, records, columns, column, values, levels)
}
