// Adds up one column of scanned records, exactly.
import { COMMA, LF, MINUS, QUOTE } from './bytes'
import { anyNoDigit, asDigits, keepLast, lastLanes } from './digits'
import { endsLines, fieldEnd } from './fields'
import { clearNoInt64, noInt64, parseInt64 } from './int64'

/** So many digits add up in a byte. */
const GROUP: usize = 28
/** After a group that could not go one way, so many groups do not try it. */
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

/** How a group is added up: the ways from the fastest to the one that every int64 can go. */
const PLAIN = 0
const SIGNED = 1
const ANY = 2

/**
 * Adds up the fields whose ends are in [at, all), an entry every `step` bytes: column number `column` of records that were
 * scanned. Empty fields add nothing. Returns false if a field is no int64: the total is then of no use.
 */
export function sumFields(at: usize, all: usize, step: usize, columns: u32, column: u32): bool {
  const crlf = endsLines(column, columns)
  const before = i8x16.splat(column == 0 ? LF : COMMA) // stands in front of each field
  const minus = i8x16.splat(MINUS)
  clearNoInt64()
  // One sum a place: the lanes of sixteen digits, four to a vector.
  let a = i32x4.splat(0)
  let b = i32x4.splat(0)
  let c = i32x4.splat(0)
  let d = i32x4.splat(0)
  let way = PLAIN
  let alike: u32 = 0
  while (at < all) {
    const stop = min(at + GROUP * step, all)
    let sums = i8x16.splat(0)
    let greatest = i8x16.splat(0)
    let longest: usize = 0
    if (way == PLAIN) {
      for (let p = at; p < stop; p += step) {
        const bytes = v128.load(fieldEnd(p, crlf) - 16)
        const length = lengthOf(bytes, before)
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
      way = SIGNED
      alike = GROUPS_ALIKE
      sums = greatest = i8x16.splat(0)
      longest = 0
    }
    if (way == SIGNED) {
      let negative = i8x16.splat(0) // of the digits, those behind a minus
      let minuses = i8x16.splat(0)
      for (let p = at; p < stop; p += step) {
        const bytes = v128.load(fieldEnd(p, crlf) - 16)
        const length = lengthOf(bytes, before)
        longest |= length
        const isMinus = i8x16.eq(bytes, minus)
        minuses = v128.or(minuses, isMinus)
        const sign = <usize>((i8x16.bitmask(isMinus) >> (16 - <i32>length)) & 1)
        const digits = keepLast(asDigits(bytes), length - sign)
        sums = i8x16.add(sums, digits)
        negative = i8x16.add(negative, v128.and(digits, lastLanes(sign << 4)))
        greatest = i8x16.max_u(greatest, digits)
      }
      const minusAlone = i8x16.extract_lane_u(minuses, 15) != 0
      if (longest < 16 && !anyNoDigit(greatest) && !minusAlone) {
        const left = less(i16x8.extend_low_i8x16_u(sums), i16x8.extend_low_i8x16_u(negative))
        const right = less(i16x8.extend_high_i8x16_u(sums), i16x8.extend_high_i8x16_u(negative))
        a = i32x4.add(a, i32x4.extend_low_i16x8_s(left))
        b = i32x4.add(b, i32x4.extend_high_i16x8_s(left))
        c = i32x4.add(c, i32x4.extend_low_i16x8_s(right))
        d = i32x4.add(d, i32x4.extend_high_i16x8_s(right))
        at = stop
        if (--alike == 0) way = PLAIN
        continue
      }
      way = ANY
      alike = GROUPS_ALIKE
    }
    for (; at < stop; at += step) addAny(fieldEnd(at, crlf), before)
    if (--alike == 0) way = PLAIN
  }
  ones += placed(c, d)
  eights += placed(a, b)
  return !noInt64
}

/** How many bytes there are behind the last separator of 16; 16 without one. */
// @ts-expect-error: a decorator
@inline
function lengthOf(bytes: v128, before: v128): usize {
  return clz((i8x16.bitmask(i8x16.eq(bytes, before)) << 16) | 0x8000)
}

/** The digits behind a minus are among all of them. */
// @ts-expect-error: a decorator
@inline
function less(all: v128, negative: v128): v128 {
  return i16x8.sub(all, i16x8.shl(negative, 1))
}

/** What stands between the separators may be quoted, but no number has a separator inside its quotes. */
// @ts-expect-error: a decorator
@inline
function addAny(end: usize, before: v128): void {
  let at = end
  let length = lengthOf(v128.load(at - 16), before)
  while (length == 16) {
    at -= 16
    length = lengthOf(v128.load(at - 16), before)
  }
  const start = at - length
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
