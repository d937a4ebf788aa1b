// Reads decimal digits, sixteen at a time.
//
// Constant vectors are in memory, where one instruction loads them: V8 builds a literal vector in three
// instructions at each use.
import { MINUS, ZERO } from '../csv/bytes'

export const ZEROS = memory.data<u64>([0x3030303030303030, 0x3030303030303030])
const NINES = memory.data<u64>([0x0909090909090909, 0x0909090909090909])
const LOW_BYTES = memory.data<u64>([0x00ff00ff00ff00ff, 0x00ff00ff00ff00ff])
const TENS = memory.data<u64>([0x000a000a000a000a, 0x000a000a000a000a])
const HUNDREDS_AND_ONES = memory.data<u64>([0x0001006400010064, 0x0001006400010064])
const TEN_THOUSANDS_AND_ONES = memory.data<u64>([0x0001271000012710, 0x0001271000012710])
const HUNDRED_MILLIONS = memory.data<u64>([0x05f5e10005f5e100, 0x05f5e10005f5e100])

/** 16 zeros and 16 ones: a vector loaded `n` bytes after the start keeps the last n bytes. */
const KEEP_LAST = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255,
])

/** Keeps the last `count` lanes, up to 16, and sets the others to 0. */
// @ts-expect-error: a decorator
@inline
export function keepLast(lanes: v128, count: usize): v128 {
  return v128.and(lanes, lastLanes(count))
}

/** Returns ones in the last `count` lanes, up to 16. */
// @ts-expect-error: a decorator
@inline
export function lastLanes(count: usize): v128 {
  return v128.load(KEEP_LAST + count)
}

/** Returns the digits that 16 bytes stand for: 0 to 9, or more if a byte is not a digit. */
// @ts-expect-error: a decorator
@inline
export function asDigits(bytes: v128): v128 {
  return i8x16.sub(bytes, v128.load(ZEROS))
}

/** Returns the last `count` bytes before `end`, up to 16, as digits in the last lanes. The other lanes are 0. */
// @ts-expect-error: a decorator
@inline
export function digitsBefore(end: usize, count: usize): v128 {
  return keepLast(asDigits(v128.load(end - 16)), count)
}

/** Returns the eight numbers that sixteen digits are in pairs. */
// @ts-expect-error: a decorator
@inline
export function pairsOf(digits: v128): v128 {
  const even = v128.and(digits, v128.load(LOW_BYTES))
  return i16x8.add(i16x8.mul(even, v128.load(TENS)), i16x8.shr_u(digits, 8))
}

/** Returns the number that sixteen digits spell. */
// @ts-expect-error: a decorator
@inline
export function numberOf(digits: v128): u64 {
  const fours = i32x4.dot_i16x8_s(pairsOf(digits), v128.load(HUNDREDS_AND_ONES))
  const narrow = i16x8.narrow_i32x4_u(fours, fours)
  const eights = <u64>i64x2.extract_lane(i32x4.dot_i16x8_s(narrow, v128.load(TEN_THOUSANDS_AND_ONES)), 0)
  return (eights & 0xffffffff) * 100000000 + (eights >> 32)
}

/** Returns the numbers that twice sixteen digits spell, as two u64. */
// @ts-expect-error: a decorator
@inline
export function twoNumbersOf(a: v128, b: v128): v128 {
  const ones = v128.load(HUNDREDS_AND_ONES)
  const high = i32x4.dot_i16x8_s(pairsOf(lowHalves(a, b)), ones)
  const low = i32x4.dot_i16x8_s(pairsOf(highHalves(a, b)), ones)
  const eights = i32x4.dot_i16x8_s(i16x8.narrow_i32x4_u(high, low), v128.load(TEN_THOUSANDS_AND_ONES))
  const millions = i64x2.extmul_low_i32x4_u(eights, v128.load(HUNDRED_MILLIONS))
  return i64x2.add(millions, i64x2.extend_high_i32x4_u(eights))
}

/** Returns the lanes 0 to 7 of both vectors. */
// @ts-expect-error: a decorator
@inline
function lowHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23)
}

/** Returns the lanes 8 to 15 of both vectors. */
// @ts-expect-error: a decorator
@inline
function highHalves(a: v128, b: v128): v128 {
  return i8x16.shuffle(a, b, 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31)
}

/** Returns a 64-bit lane for each vector, which is 0 if all lanes of the vector are 0. */
// @ts-expect-error: a decorator
@inline
export function twoLanes(a: v128, b: v128): v128 {
  return v128.or(lowHalves(a, b), highHalves(a, b))
}

/** Returns whether the number at `start` begins with a zero that the number does not need: `007`, `-01`, `00.5`. */
// @ts-expect-error: a decorator
@inline
export function hasNeedlessZero(start: usize): bool {
  const first = start + <usize>(load<u8>(start) == MINUS)
  return (load<u8>(first) == ZERO) & (<u32>load<u8>(first, 1) - <u32>ZERO <= 9)
}

/** Returns whether a lane is not a digit. */
// @ts-expect-error: a decorator
@inline
export function anyNoDigit(digits: v128): bool {
  const nines = v128.load(NINES)
  return v128.any_true(v128.xor(i8x16.max_u(digits, nines), nines))
}
