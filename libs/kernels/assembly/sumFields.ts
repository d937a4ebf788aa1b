// Adds up one column of scanned records, exactly.
import { COMMA, LF, QUOTE } from './bytes'
import { anyNoDigit, asDigits, keepLast } from './digits'
import { endsLines, fieldEnd } from './fields'
import { clearNoInt64, noInt64, parseInt64 } from './int64'

/** So many digits add up in a byte. */
const GROUP: usize = 28
/** After a group with a sign, a quote or more than 15 digits, so many groups are taken to have one, too. */
const GROUPS_ALIKE: u32 = 16

// The total, in parts that no file is long enough to overflow: eights * 10^8 + ones + halves * 2^32 + low.
let eights: i64 = 0
let ones: i64 = 0
let halves: i64 = 0
let low: i64 = 0

export function clearTotal(): void {
  eights = ones = halves = low = 0
}

export function totalEights(): i64 {
  return eights
}

export function totalOnes(): i64 {
  return ones
}

export function totalHalves(): i64 {
  return halves
}

export function totalLow(): i64 {
  return low
}

/**
 * Adds up the fields whose ends are in [at, all), an entry every `step` bytes: column number `column` of records that were
 * scanned. Empty fields add nothing. Returns false if a field is no int64: the total is then of no use.
 */
export function sumFields(at: usize, all: usize, step: usize, columns: u32, column: u32): bool {
  const crlf = endsLines(column, columns)
  const before = i8x16.splat(column == 0 ? LF : COMMA) // stands in front of each field
  clearNoInt64()
  // One sum a place: the lanes of sixteen digits, four to a vector.
  let a = i32x4.splat(0)
  let b = i32x4.splat(0)
  let c = i32x4.splat(0)
  let d = i32x4.splat(0)
  let alike: u32 = 0
  while (at < all) {
    const stop = min(at + GROUP * step, all)
    if (alike == 0) {
      let sums = i8x16.splat(0)
      let greatest = i8x16.splat(0)
      let longest = 0
      for (let p = at; p < stop; p += step) {
        const bytes = v128.load(fieldEnd(p, crlf) - 16)
        const length = clz((i8x16.bitmask(i8x16.eq(bytes, before)) << 16) | 0x8000)
        longest |= length
        const digits = keepLast(asDigits(bytes), length)
        sums = i8x16.add(sums, digits)
        greatest = i8x16.max_u(greatest, digits)
      }
      if (longest < 16 && !anyNoDigit(greatest)) {
        const left = i16x8.extend_low_i8x16_u(sums)
        const right = i16x8.extend_high_i8x16_u(sums)
        a = i32x4.add(a, i32x4.extend_low_i16x8_u(left))
        b = i32x4.add(b, i32x4.extend_high_i16x8_u(left))
        c = i32x4.add(c, i32x4.extend_low_i16x8_u(right))
        d = i32x4.add(d, i32x4.extend_high_i16x8_u(right))
        at = stop
        continue
      }
      alike = GROUPS_ALIKE
    }
    alike--
    for (; at < stop; at += step) addAny(fieldEnd(at, crlf), column == 0 ? LF : COMMA)
  }
  ones += placed(c, d)
  eights += placed(a, b)
  return !noInt64
}

/** What stands between the separators may be quoted, but no number has a separator inside its quotes. */
// @ts-expect-error: a decorator
@inline
function addAny(end: usize, before: u8): void {
  let start = end
  while (load<u8>(start - 1) != before) start--
  if (start == end) return
  const quoted = <usize>(load<u8>(start) == QUOTE)
  const value = parseInt64(start + quoted, end - quoted)
  halves += value >> 32
  low += value & 0xffffffff
}

/** Eight places, the greatest first. */
// @ts-expect-error: a decorator
@inline
function placed(high: v128, low: v128): i64 {
  return fourPlaces(high) * 10000 + fourPlaces(low)
}

// @ts-expect-error: a decorator
@inline
function fourPlaces(sums: v128): i64 {
  const thousands = <i64>i32x4.extract_lane(sums, 0)
  const hundreds = <i64>i32x4.extract_lane(sums, 1)
  const tens = <i64>i32x4.extract_lane(sums, 2)
  return ((thousands * 10 + hundreds) * 10 + tens) * 10 + i32x4.extract_lane(sums, 3)
}
