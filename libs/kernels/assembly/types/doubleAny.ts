// Reads a double in any notation: a decimal number, or NaN and infinity as Python and JavaScript print them.
import { MINUS, ZERO } from '../csv/bytes'
import { nearestDouble } from './nearestDouble'

const PLUS: u8 = 0x2b
const POINT: u8 = 0x2e
const LOWER_E: u8 = 0x65
const LOWER_CASE: u8 = 0x20

/** The most digits for which a u64 holds every number. */
const MOST_SIGNIFICANT: u32 = 19
/** Fewer digits than this cannot make up for an exponent of MOST_EXPONENT. */
const MOST_DIGITS: usize = 100
/** Greater exponents are read as this one. */
const MOST_EXPONENT: i32 = 100000
const NO_EXPONENT: i32 = i32.MIN_VALUE

/**
 * Returns the double nearest to the decimal number in the ASCII text [start, end), of any length. Returns NaN
 * if the double is infinite, or for `whole` numbers, not exact.
 */
// @ts-expect-error: a decorator
@external('env', 'parseDecimal')
declare function parseDecimal(start: usize, end: usize, whole: bool): f64

/**
 * Returns the double nearest to the text in [start, end). Returns NaN if the text is not a number, if a
 * double would round a whole number or make the number infinite, and for NaN itself. `stored`: a whole number
 * with a point is rounded, as earlier releases did.
 */
export function readAnyDouble(start: usize, end: usize, stored: bool): f64 {
  const negative = load<u8>(start) == MINUS
  const first = start + <usize>negative
  let digits: u64 = 0
  let significant: u32 = 0
  let point: usize = 0
  let at = first
  for (; at < end; at++) {
    const byte = load<u8>(at)
    const digit = <u32>byte - ZERO
    if (digit <= 9) {
      digits = digits * 10 + digit
      significant += <u32>(significant + digit != 0)
    } else if (byte == POINT && point == 0) {
      point = at
    } else {
      break
    }
  }
  if (at == first + <usize>(point != 0)) return signed(readInfinity(first, end), negative)
  // A whole number with a point must be exact as well: it is read as the number in front of the point.
  if (!stored && at == end && point > first && areZeros(point + 1, end)) return readAnyDouble(start, point, false)
  let exponent = at < end ? readExponent(at, end) : 0
  if (exponent == NO_EXPONENT) return NaN
  const whole = at == end && point == 0
  if (significant > MOST_SIGNIFICANT || at - first > MOST_DIGITS) return parseDecimal(start, end, whole)
  if (whole && <u64>(<f64>digits) != digits) return NaN
  if (point != 0) exponent -= <i32>(at - point - 1)
  return signed(nearestDouble(digits, exponent), negative)
}

// @ts-expect-error: a decorator
@inline
function signed(value: f64, negative: bool): f64 {
  return negative ? -value : value
}

function areZeros(start: usize, end: usize): bool {
  while (start < end && load<u8>(start) == ZERO) start++
  return start == end
}

/** Reads `e` or `E`, an optional sign, and digits. */
function readExponent(at: usize, end: usize): i32 {
  if ((load<u8>(at++) | LOWER_CASE) != LOWER_E) return NO_EXPONENT
  const sign = load<u8>(at)
  if (sign == MINUS || sign == PLUS) at++
  if (at >= end) return NO_EXPONENT
  let exponent: i32 = 0
  for (; at < end; at++) {
    const digit = <u32>load<u8>(at) - ZERO
    if (digit > 9) return NO_EXPONENT
    exponent = min(exponent * 10 + <i32>digit, MOST_EXPONENT)
  }
  return sign == MINUS ? -exponent : exponent
}

// Words, with the first letter in the lowest byte.
const INF: u32 = 0x666e69
const NAN: u32 = 0x4e614e
const LOWER_NAN: u32 = 0x6e616e
const INFINITY: u64 = 0x7974696e69666e49
const THREE_BYTES: u32 = 0xffffff

/** Returns NaN for any other word. */
export function readInfinity(start: usize, end: usize): f64 {
  if (end - start == 3 && (load<u32>(start) & THREE_BYTES) == INF) return Infinity
  return end - start == 8 && load<u64>(start) == INFINITY ? Infinity : NaN
}

export function isNaNText(start: usize, end: usize): bool {
  const three = load<u32>(start) & THREE_BYTES
  return end - start == 3 && (three == NAN || three == LOWER_NAN)
}
