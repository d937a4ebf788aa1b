// One double, where it is digits and a point, as nearly all are: found and read sixteen bytes at a time.
import { anyNoDigit, asDigits, keepLast, lastLanes, numberOf, twoNumbersOf } from './digits'
import { nearestDouble } from './nearestDouble'

const POINTS = memory.data<u64>([0x2e2e2e2e2e2e2e2e, 0x2e2e2e2e2e2e2e2e])
const TEN_TO_16: u64 = 10000000000000000
const TWO_TO_53: u64 = 9007199254740992

/**
 * The double nearest to the digits in [start, end), of which any one may be a point. NaN where it takes another way to
 * tell: for other bytes, more than 19 digits, no digit and whole numbers above 2^53.
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

/** Of more than 16 bytes. */
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
  const numbers = twoNumbersOf(high, low)
  const value = <u64>i64x2.extract_lane(numbers, 0) * TEN_TO_16 + <u64>i64x2.extract_lane(numbers, 1)
  return valueOf(value, points != 0, behind)
}

/** A bit for each byte that is a point. */
// @ts-expect-error: a decorator
@inline
function pointsIn(bytes: v128): u32 {
  return i8x16.bitmask(i8x16.eq(bytes, v128.load(POINTS)))
}

/** The greatest `count` bits of 32: those of the last bytes. */
// @ts-expect-error: a decorator
@inline
function lastBits(count: u32): u32 {
  return <u32>((<u64>0xffffffff00000000) >> <u64>count)
}

/** The digits in the 16 or 17 bytes in front of `end`, `bytes` the last of them, without the byte that has `behind` behind it. */
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
