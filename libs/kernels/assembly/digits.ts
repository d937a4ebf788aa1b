// Decimal digits, sixteen at a time.
import { ZERO } from './bytes'

/** 16 zeros and 16 ones: a vector loaded `n` bytes behind the start keeps n bytes, the last ones. */
const KEEP_LAST = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
])

/** The last `count` lanes, up to 16; the others become 0. */
// @ts-expect-error: a decorator
@inline
export function keepLast(lanes: v128, count: usize): v128 {
  return v128.and(lanes, v128.load(KEEP_LAST + count))
}

/** The last `count` bytes in front of `end`, up to 16, as digits in the last lanes; the other lanes are 0. */
// @ts-expect-error: a decorator
@inline
export function digitsBefore(end: usize, count: usize): v128 {
  return keepLast(i8x16.sub(v128.load(end - 16), i8x16.splat(ZERO)), count)
}

/** The number that sixteen digits are. */
// @ts-expect-error: a decorator
@inline
export function numberOf(digits: v128): u64 {
  const even = v128.and(digits, i16x8.splat(0xff))
  const pairs = i16x8.add(i16x8.mul(even, i16x8.splat(10)), i16x8.shr_u(digits, 8))
  const fours = i32x4.dot_i16x8_s(pairs, i16x8(100, 1, 100, 1, 100, 1, 100, 1))
  const narrow = i16x8.narrow_i32x4_u(fours, fours)
  const eights = <u64>i64x2.extract_lane(i32x4.dot_i16x8_s(narrow, i16x8(10000, 1, 10000, 1, 0, 0, 0, 0)), 0)
  return (eights & 0xffffffff) * 100000000 + (eights >> 32)
}

/** Whether a lane is anything but a digit. */
// @ts-expect-error: a decorator
@inline
export function anyNoDigit(digits: v128): bool {
  return v128.any_true(i8x16.gt_u(digits, i8x16.splat(9)))
}
