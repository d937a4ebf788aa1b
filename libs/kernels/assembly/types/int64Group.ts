// Reads a group of fields as int64, two at a time, if the fields are of the kinds that most columns have.
// Whether they are is known only at the end, because a branch per field would take longer than the field.
// Bytes before a field, such as a blank line, count as part of the field and are not digits.
import { MINUS } from '../csv/bytes'
import { fieldEnd } from '../csv/fields'
import { anyNoDigit, asDigits, keepLast, twoLanes, twoNumbersOf } from './digits'

/** The fields of a group. */
export const GROUP: usize = 32

/** For each number of digits, the least number that has so many without a needless zero. */
export const NO_NEEDLESS_ZERO = memory.data<u64>([
  0, 0, 10, 100, 1000, 10000, 100000, 1000000, 10000000, 100000000, 1000000000, 10000000000, 100000000000, 1000000000000,
  10000000000000, 100000000000000, 1000000000000000,
])
/** The same where needless zeros are allowed. */
export const ANY_ZEROS = memory.data(17 * 8, 8)

/** A minus after the conversion to digits. */
const MINUSES = memory.data<u64>([0xfdfdfdfdfdfdfdfd, 0xfdfdfdfdfdfdfdfd])
/**
 * A vector loaded `n` bytes after the start has ones in the lane where a field of n bytes begins that ends
 * with the vector.
 */
const FIRST = memory.data<u8>([
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
])

/**
 * Reads a group whose fields all have 1 to 16 digits, and are at least as great as `leasts` says. Returns
 * where their values end, or 0 if there is another field; then what was written is useless.
 */
// @ts-expect-error: a decorator
@inline
export function readPlain(
  at: usize,
  step: usize,
  crlf: bool,
  out: usize,
  levels: usize,
  leasts: usize,
): usize {
  let greatest = i8x16.splat(0)
  let less = i64x2.splat(0)
  let longest: usize = 0 // the length less one
  const all = out + GROUP * 8
  for (; out < all; out += 16) {
    const end = fieldEnd(at, crlf)
    const length = end - load<u32>(at - 4) - 2
    at += step
    const end2 = fieldEnd(at, crlf)
    const length2 = end2 - load<u32>(at - 4) - 2
    at += step
    longest |= length | length2
    const digits = keepLast(asDigits(v128.load(end - 16)), (length & 15) + 1)
    const digits2 = keepLast(asDigits(v128.load(end2 - 16)), (length2 & 15) + 1)
    greatest = i8x16.max_u(greatest, i8x16.max_u(digits, digits2))
    const numbers = twoNumbersOf(digits, digits2)
    v128.store(out, numbers)
    const least = leastOf(leasts, (length & 15) + 1, (length2 & 15) + 1)
    less = v128.or(less, i64x2.gt_s(least, numbers))
  }
  v128.store(levels, i8x16.splat(1))
  v128.store(levels, i8x16.splat(1), 16)
  return longest < 16 && !anyNoDigit(greatest) && !v128.any_true(less) ? all : 0
}

/** Like `readPlain`, for fields of up to 15 bytes that are null or digits, some after a minus. */
// @ts-expect-error: a decorator
@inline
export function readShort(
  at: usize,
  step: usize,
  crlf: bool,
  out: usize,
  levels: usize,
  leasts: usize,
): usize {
  let greatest = i8x16.splat(0)
  let less = i64x2.splat(0)
  let allSigns = i8x16.splat(0)
  let longest: usize = 0
  for (const all = levels + GROUP; levels < all; levels += 2) {
    const end = fieldEnd(at, crlf)
    const length = end - load<u32>(at - 4) - 1
    at += step
    const end2 = fieldEnd(at, crlf)
    const length2 = end2 - load<u32>(at - 4) - 1
    at += step
    longest |= length | length2
    const bytes = keepLast(asDigits(v128.load(end - 16)), length & 15)
    const bytes2 = keepLast(asDigits(v128.load(end2 - 16)), length2 & 15)
    const sign = signOf(bytes, length)
    const sign2 = signOf(bytes2, length2)
    allSigns = v128.or(allSigns, v128.or(sign, sign2))
    const digits = v128.andnot(bytes, sign)
    const digits2 = v128.andnot(bytes2, sign2)
    greatest = i8x16.max_u(greatest, i8x16.max_u(digits, digits2))
    const magnitudes = twoNumbersOf(digits, digits2)
    const least = leastOf(leasts, digitsIn(end, length), digitsIn(end2, length2))
    less = v128.or(less, i64x2.gt_s(least, magnitudes))
    const minus = v128.not(i64x2.eq(twoLanes(sign, sign2), i64x2.splat(0)))
    const numbers = i64x2.sub(v128.xor(magnitudes, minus), minus)
    v128.store64_lane(out, numbers, 0)
    store<u8>(levels, <u8>(length != 0))
    out += <usize>(length != 0) << 3
    v128.store64_lane(out, numbers, 1)
    store<u8>(levels, <u8>(length2 != 0), 1)
    out += <usize>(length2 != 0) << 3
  }
  const minusAlone = i8x16.extract_lane_u(allSigns, 15) != 0
  return longest < 16 && !anyNoDigit(greatest) && !minusAlone && !v128.any_true(less) ? out : 0
}

/** For numbers of so many digits each. */
// @ts-expect-error: a decorator
@inline
function leastOf(leasts: usize, count: usize, count2: usize): v128 {
  return v128.load64_lane(leasts + (count2 << 3), v128.load64_zero(leasts + (count << 3)), 1)
}

/** How many digits a field of `length` bytes has, up to 15, without its minus. */
// @ts-expect-error: a decorator
@inline
function digitsIn(end: usize, length: usize): usize {
  return (length & 15) - (<usize>(load<u8>(end - length) == MINUS) & <usize>(length != 0))
}

/** Returns ones in the lane of the minus that a field of `length` bytes begins with. */
// @ts-expect-error: a decorator
@inline
function signOf(bytes: v128, length: usize): v128 {
  return v128.and(i8x16.eq(bytes, v128.load(MINUSES)), v128.load(FIRST + (length & 15)))
}
