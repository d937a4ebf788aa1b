// Sums a column of scanned records exactly.
import { COMMA, LF, MINUS, QUOTE } from '../csv/bytes'
import { anyNoDigit, keepLast, lastLanes, ZEROS } from '../types/digits'
import { endsLines, fieldEnd, skipBlankLines } from '../csv/fields'
import { clearNoInt64, noInt64, parseInt64, refuse } from '../types/int64'
import { firstEnd, startBefore } from './numberBounds'

/** How many digits a byte can add up. */
const GROUP: usize = 28
/** After a group that could not go one way, this many groups do not try that way. */
const GROUPS_ALIKE: u32 = 16

/** Lane numbers: loaded `n` bytes after the start, they move the first `n` lanes to the end and set the others to 0. */
const MOVE_LAST = memory.data<u8>([
  128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11,
  12, 13, 14, 15, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128, 128,
])
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

/** The ways to sum a group, from the fastest to the one that works for every int64. */
const PLAIN = 0
const SIGNED = 1
const ANY = 2

/**
 * Sums the fields whose ends are in [at, all), with an entry every `step` bytes: the column number `column`,
 * which is not the first of several, of scanned records. Empty fields, quoted or not, add nothing. Returns false if a field
 * is not an int64; then the total is useless.
 */
export function sumFields(at: usize, all: usize, step: usize, columns: u32, column: u32): bool {
  if (endsLines(column, columns)) for (let p = at; p < all; p += step) store<u32>(p, <u32>fieldEnd(p, true))
  return addUp(false, at, all, step, i8x16.splat(columns == 1 ? LF : COMMA))
}

/**
 * Sums the first of several columns, of records whose line ends are in [at, all). The entry before them is
 * the line end before the first record.
 */
export function sumFirstFields(at: usize, all: usize): bool {
  return addUp(true, at - 4, all - 4, 4, i8x16.splat(COMMA))
}

/** `first`: the entries are the line feeds before the fields, not the separators after them. */
// @ts-expect-error: a decorator
@inline
function addUp(first: bool, at: usize, all: usize, step: usize, separator: v128): bool {
  const zeros = v128.load(ZEROS)
  const minus = i8x16.splat(MINUS)
  clearNoInt64()
  // One sum for each place: the lanes of sixteen digits, four in each vector.
  let a = i32x4.splat(0)
  let b = i32x4.splat(0)
  let c = i32x4.splat(0)
  let d = i32x4.splat(0)
  let way = PLAIN
  let alike: u32 = 0
  while (at < all) {
    const stop = min(at + GROUP * step, all)
    let p = at
    let sums = i8x16.splat(0)
    let greatest = i8x16.splat(0)
    let longest: u32 = 0
    if (way == PLAIN) {
      // Handle four fields at a time: otherwise V8 would check for the end after each field.
      for (const most = stop - 3 * step; p < most; ) {
        const bytes0 = bytesAt(first, p)
        const bytes1 = bytesAt(first, (p += step))
        const bytes2 = bytesAt(first, (p += step))
        const bytes3 = bytesAt(first, (p += step))
        p += step
        const length0 = lengthOf(first, bytes0, separator)
        const length1 = lengthOf(first, bytes1, separator)
        const length2 = lengthOf(first, bytes2, separator)
        const length3 = lengthOf(first, bytes3, separator)
        longest |= length0 | length1 | length2 | length3
        const digits0 = digitsOf(first, bytes0, zeros, length0)
        const digits1 = digitsOf(first, bytes1, zeros, length1)
        const digits2 = digitsOf(first, bytes2, zeros, length2)
        const digits3 = digitsOf(first, bytes3, zeros, length3)
        sums = i8x16.add(sums, i8x16.add(i8x16.add(digits0, digits1), i8x16.add(digits2, digits3)))
        greatest = i8x16.max_u(greatest, i8x16.max_u(digits0, digits1))
        greatest = i8x16.max_u(greatest, i8x16.max_u(digits2, digits3))
      }
      for (; p < stop; p += step) {
        const bytes = bytesAt(first, p)
        const length = lengthOf(first, bytes, separator)
        longest |= length
        const digits = digitsOf(first, bytes, zeros, length)
        sums = i8x16.add(sums, digits)
        greatest = i8x16.max_u(greatest, digits)
      }
      if (fits(longest) && !anyNoDigit(greatest)) {
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
      let minusAlone: usize = 0
      for (p = at; p < stop; p += step) {
        const bytes = bytesAt(first, p)
        const length = lengthOf(first, bytes, separator)
        longest |= length
        const count = <usize>length & 15
        const minuses = <usize>i8x16.bitmask(i8x16.eq(bytes, minus))
        const sign = (first ? minuses : minuses >> (16 - count)) & 1
        minusAlone |= sign & <usize>(count == 1)
        const digits = keepLast(digitsOf(first, bytes, zeros, length), count - sign)
        sums = i8x16.add(sums, digits)
        negative = i8x16.add(negative, v128.and(digits, lastLanes(sign << 4)))
        greatest = i8x16.max_u(greatest, digits)
      }
      if (fits(longest) && !anyNoDigit(greatest) && minusAlone == 0) {
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
    for (; at < stop; at += step) {
      const end = <usize>load<u32>(at)
      if (first) addFirst(end + 1)
      else addField(startBefore(end, separator), end)
    }
    if (--alike == 0) way = PLAIN
  }
  ones += placed(c, d)
  eights += placed(a, b)
  return !noInt64
}

/** Returns sixteen bytes that begin or end with a field. */
// @ts-expect-error: a decorator
@inline
function bytesAt(first: bool, entry: usize): v128 {
  const at = load<u32>(entry)
  return first ? v128.load(at, 1) : v128.load(at - 16)
}

/**
 * Returns the length of the field in `bytes`: 0 to 15, or 16 if it is longer. Without `first`, the result is
 * greater by 16.
 */
// @ts-expect-error: a decorator
@inline
function lengthOf(first: bool, bytes: v128, separator: v128): u32 {
  const separators = i8x16.bitmask(i8x16.eq(bytes, separator))
  return first ? ctz(separators) : clz(separators)
}

/** Returns whether no field was longer than 15, given the combined bits of all lengths. */
// @ts-expect-error: a decorator
@inline
function fits(lengths: u32): bool {
  return lengths < 32
}

/** Returns the field of that length in `bytes` as digits in the last lanes. The other lanes are 0. */
// @ts-expect-error: a decorator
@inline
function digitsOf(first: bool, bytes: v128, zeros: v128, length: u32): v128 {
  const digits = i8x16.sub(bytes, zeros)
  return first
    ? i8x16.relaxed_swizzle(digits, v128.load(<usize>length + MOVE_LAST))
    : keepLast(digits, <usize>length - 16)
}

/** Subtracts the digits after a minus twice, because `all` contains them too. */
// @ts-expect-error: a decorator
@inline
function less(all: v128, negative: v128): v128 {
  return i16x8.sub(all, i16x8.shl(negative, 1))
}

/**
 * Adds the field at the start of a line, which may have blank lines before it. The line has other fields
 * too.
 */
function addFirst(line: usize): void {
  const start = skipBlankLines(line)
  const end = firstEnd(start)
  if (end == 0) refuse()
  else addField(start, end)
}

/** Adds a field, which may be quoted. Without anything between its quotes it adds nothing either. */
// @ts-expect-error: a decorator
@inline
function addField(start: usize, end: usize): void {
  const quoted = <usize>(load<u8>(start) == QUOTE)
  if (start + quoted == end - quoted) return
  const value = parseInt64(start + quoted, end - quoted)
  halves += value >> 32
  low += value & 0xffffffff
}

/** Returns the value of eight places, the greatest first. */
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
