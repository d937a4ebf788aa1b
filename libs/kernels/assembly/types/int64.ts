// Reads an int64: `-?[0-9]+` within its range.
import { MINUS, ZERO } from '../csv/bytes'
import { anyNoDigit, digitsBefore, numberOf, twoNumbersOf } from './digits'

/** Whether a field that `parseInt64` saw was not an int64. The caller clears it. */
export let noInt64: bool = false

export function clearNoInt64(): void {
  noInt64 = false
}

/** Refuses a field that is known not to be an int64 before it is parsed. */
export function refuse(): void {
  noInt64 = true
}

/** Returns the value of [start, end). If the text is not an int64, sets `noInt64` and returns any number. */
// @ts-expect-error: a decorator
@inline
export function parseInt64(start: usize, end: usize): i64 {
  const negative = load<u8>(start) == MINUS
  const count = end - start - <usize>negative
  if (count - 1 >= 16) return parseLong(start, end)
  const digits = digitsBefore(end, count)
  if (anyNoDigit(digits)) noInt64 = true
  const value = <i64>numberOf(digits)
  return negative ? -value : value
}

/** Like `parseInt64`, for any number of digits. */
function parseLong(start: usize, end: usize): i64 {
  const negative = load<u8>(start) == MINUS
  let first = start + <usize>negative
  while (end - first > 19 && load<u8>(first) == ZERO) first++
  const count = end - first
  if (count - 17 >= 3) {
    noInt64 = true
    return 0
  }
  const high = digitsBefore(end - 16, count - 16)
  const low = digitsBefore(end, 16)
  if (anyNoDigit(i8x16.max_u(high, low))) noInt64 = true
  const numbers = twoNumbersOf(high, low)
  const value =
    <u64>i64x2.extract_lane(numbers, 0) * 10000000000000000 + <u64>i64x2.extract_lane(numbers, 1)
  if (value > <u64>i64.MAX_VALUE + <u64>negative) noInt64 = true
  return negative ? -(<i64>value) : <i64>value
}
