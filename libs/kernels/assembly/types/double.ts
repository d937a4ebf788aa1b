// Reads a double that consists of digits and a point, as nearly all do, sixteen bytes at a time.
import { anyNoDigit, asDigits, keepLast, lastLanes, numberOf, twoNumbersOf } from './digits'
import { nearestDouble } from './nearestDouble'

const POINTS = memory.data<u64>([0x2e2e2e2e2e2e2e2e, 0x2e2e2e2e2e2e2e2e])
const TEN_TO_16: u64 = 10000000000000000
const TWO_TO_53: u64 = 9007199254740992
const DIGITS_OF_TWO_TO_53: u32 = 16

/**
 * Returns the double nearest to the digits in [start, end), one of which may be a point. Returns NaN if the
 * text has other bytes, more than 19 digits or no digit, or may be a whole number above 2^53; then `doubleAny`
 * decides.
 */
export function readDecimal(start: usize, end: usize): f64 {
  const length = <u32>(end - start)
  if (length <= 16) return readShort(end, length)
  return length <= 20 ? readLong(end, length) : NaN
}

// @ts-expect-error: a decorator
@inline
function readShort(end: usize, length: u32): f64 {
  const bytes = v128.load(end - 16)
  const points = pointsIn(bytes) << 16 & lastBits(length)
  const behind = <u32>clz(points | 0x8000)
  const count = length - <u32>(points != 0)
  const digits = keepLast(withoutPoint(bytes, end, behind), count)
  if (anyNoDigit(digits) || count == 0) return NaN
  return valueOf(numberOf(digits), points != 0, behind)
}

/** Reads more than 16 bytes. */
// @ts-expect-error: a decorator
@inline
function readLong(end: usize, length: u32): f64 {
  const bytes = v128.load(end - 16)
  const front = v128.load(end - 32)
  const points = (pointsIn(bytes) << 16 | pointsIn(front)) & lastBits(length)
  const behind = <u32>clz(points)
  const count = length - <u32>(points != 0)
  const low = withoutPoint(bytes, end, min(behind, 16))
  const high = keepLast(withoutPoint(front, end - 16, max(behind, 16) - 16), count - 16)
  if (anyNoDigit(i8x16.max_u(low, high)) || count > 19) return NaN
  if (points != 0 && count - behind >= DIGITS_OF_TWO_TO_53) return NaN
  const numbers = twoNumbersOf(high, low)
  const value = <u64>i64x2.extract_lane(numbers, 0) * TEN_TO_16 + <u64>i64x2.extract_lane(numbers, 1)
  return valueOf(value, points != 0, behind)
}

/** Returns a bit for each byte that is a point. */
// @ts-expect-error: a decorator
@inline
function pointsIn(bytes: v128): u32 {
  return i8x16.bitmask(i8x16.eq(bytes, v128.load(POINTS)))
}

/** Returns the highest `count` of 32 bits, which stand for the last bytes. */
// @ts-expect-error: a decorator
@inline
function lastBits(count: u32): u32 {
  return <u32>((<u64>0xffffffff00000000) >> <u64>count)
}

/**
 * Returns the digits in the 16 or 17 bytes before `end` without the point, which has `behind` bytes after it.
 * `bytes` are the last 16.
 */
// @ts-expect-error: a decorator
@inline
function withoutPoint(bytes: v128, end: usize, behind: u32): v128 {
  return asDigits(v128.bitselect(bytes, v128.load(end - 17), lastLanes(behind)))
}

// @ts-expect-error: a decorator
@inline
function valueOf(digits: u64, hasPoint: bool, behind: u32): f64 {
  if (hasPoint) return nearestDouble(digits, -(<i32>behind))
  return digits <= TWO_TO_53 ? <f64>(<i64>digits) : NaN
}
