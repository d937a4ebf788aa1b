// Dates and times as ISO 8601 writes them: `YYYY-MM-DD` and `YYYY-MM-DDTHH:MM[:SS[.fffffffff]][Z|+HH[[:]MM]]`,
// with `T` or a space.
import { MINUS, ZERO } from '../csv/bytes'
import { pairsOf } from './digits'

/** Stands for no date. No day of the years 1 to 9999 has this number. */
export const NO_DATE: i32 = i32.MIN_VALUE
/** Stands for no timestamp. No microsecond of these years has this number. */
export const NO_TIMESTAMP: i64 = i64.MIN_VALUE

const DATE_BYTES: usize = 10
const DATE_TIME_BYTES: usize = 16
const COLON: u8 = 0x3a
const POINT: u8 = 0x2e
const PLUS: u8 = 0x2b
const SPACE: u8 = 0x20
const UPPER_T: u8 = 0x54
const UPPER_Z: u8 = 0x5a
const MICROS: i64 = 1000000

// `YYYY-MM-DD?HH:MM`: the least byte at each place, how much greater the byte may be, and the places of the
// digits.
const LEAST = memory.data<u8>([48, 48, 48, 48, 45, 48, 48, 45, 48, 48, 0, 48, 48, 58, 48, 48])
const MORE = memory.data<u8>([9, 9, 9, 9, 0, 9, 9, 0, 9, 9, 255, 9, 9, 0, 9, 9])
const DIGITS = memory.data<u8>([0, 1, 2, 3, 5, 6, 8, 9, 11, 12, 14, 15, 255, 255, 255, 255])
// The same limits for the two-digit numbers: two for the year, then month, day, hours, minutes.
const LEAST_PAIRS = memory.data<u16>([0, 0, 1, 1, 0, 0, 0, 0])
const MORE_PAIRS = memory.data<u16>([99, 99, 11, 30, 23, 59, 0, 0])
/** Weights that turn the pairs into the year, 32 * month + day, and minutes. */
const WEIGHTS = memory.data<u16>([100, 1, 32, 1, 60, 1, 0, 0])
/** 16 ones and 16 zeros: a vector loaded `n` bytes before their border begins with n ones. */
const FIRST = memory.data<u8>([
  255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
])

/**
 * Returns the days from 1970-01-01 to the date in [start, end) (proleptic Gregorian), or NO_DATE if the text
 * is not a date.
 */
// @ts-expect-error: a decorator
@inline
export function parseDate(start: usize, end: usize): i32 {
  if (end - start != DATE_BYTES) return NO_DATE
  const bytes = v128.bitselect(v128.load(start), v128.load(LEAST), v128.load(FIRST + 16 - DATE_BYTES))
  return dateOf(partsOf(bytes))
}

/**
 * Returns the microseconds from 1970-01-01T00:00:00 to the time in [start, end), or to midnight of a date.
 * Returns NO_TIMESTAMP if the text is not a time, names a zone (with `zoned`: names none), or has a digit of a
 * second that would be rounded: one after the sixth that is not 0, or a tenth digit.
 */
// @ts-expect-error: a decorator
@inline
export function parseTimestamp(start: usize, end: usize, zoned: bool): i64 {
  if (end - start < DATE_TIME_BYTES) return zoned ? NO_TIMESTAMP : midnightOf(parseDate(start, end))
  const between = load<u8>(start, DATE_BYTES)
  const parts = partsOf(v128.load(start))
  const days = dateOf(parts)
  if (days == NO_DATE || (between != UPPER_T && between != SPACE)) return NO_TIMESTAMP
  let minutes = i32x4.extract_lane(parts, 2)
  let seconds: u32 = 0
  let micros: u32 = 0
  let at = start + DATE_TIME_BYTES
  if (at + 3 <= end && load<u8>(at) == COLON) {
    seconds = twoDigits(at + 1)
    if (seconds > 59) return NO_TIMESTAMP
    at += 3
    if (at < end && load<u8>(at) == POINT) {
      at++
      const count = digitsIn(at, end)
      if (count - 1 >= 9 || hasNanos(at, count)) return NO_TIMESTAMP
      micros = microsOf(load<u64>(at), min(count, 6))
      at += count
    }
  }
  if (zoned) {
    const offset = parseZone(at, end)
    if (offset == NO_ZONE) return NO_TIMESTAMP
    minutes -= offset
  } else if (at != end) {
    return NO_TIMESTAMP
  }
  return (<i64>days * 86400 + <i64>(minutes * 60 + <i32>seconds)) * MICROS + micros
}

// @ts-expect-error: a decorator
@inline
function midnightOf(days: i32): i64 {
  return days == NO_DATE ? NO_TIMESTAMP : <i64>days * 86400 * MICROS
}

/**
 * Returns four lanes for `YYYY-MM-DD?HH:MM`: year, 32 * month + day, minutes, 0. The year is 0 if the bytes
 * are anything else.
 */
// @ts-expect-error: a decorator
@inline
function partsOf(bytes: v128): v128 {
  const more = i8x16.sub(bytes, v128.load(LEAST))
  const pairs = pairsOf(i8x16.swizzle(more, v128.load(DIGITS)))
  const morePairs = i16x8.sub(pairs, v128.load(LEAST_PAIRS))
  const over = v128.or(i8x16.gt_u(more, v128.load(MORE)), i16x8.gt_u(morePairs, v128.load(MORE_PAIRS)))
  return v128.any_true(over) ? i32x4.splat(0) : i32x4.dot_i16x8_s(pairs, v128.load(WEIGHTS))
}

/** Returns the days from 1970-01-01 to the date in `parts`, or NO_DATE if there is no such day. */
// @ts-expect-error: a decorator
@inline
function dateOf(parts: v128): i32 {
  const date = i64x2.extract_lane(parts, 0)
  const year = <u32>date
  const monthAndDay = <u32>(date >> 32)
  const month = monthAndDay >> 5
  const day = monthAndDay & 31
  if (year == 0 || (day > 28 && day > daysIn(year, month))) return NO_DATE
  // Howard Hinnant's days_from_civil: in years that begin in March the leap day comes last.
  const early = <u32>(month <= 2)
  const years = year - early
  const dayOfYear = (153 * (month + 12 * early - 3) + 2) / 5 + day
  return <i32>(years * 365 + years / 4 - years / 100 + years / 400 + dayOfYear) - DAYS_TO_1970
}

/** Counted from the day before 0000-03-01. */
const DAYS_TO_1970: i32 = 719469

function daysIn(year: u32, month: u32): u32 {
  if (month != 2) return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31
  return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
}

/** Returns the number that two digits spell, or 100 if they are not digits. */
// @ts-expect-error: a decorator
@inline
function twoDigits(at: usize): u32 {
  const tens = <u32>load<u8>(at) - ZERO
  const ones = <u32>load<u8>(at + 1) - ZERO
  return tens > 9 || ones > 9 ? 100 : tens * 10 + ones
}

/** Returns how many bytes from `at` on are digits, up to `end` and up to 10. */
// @ts-expect-error: a decorator
@inline
function digitsIn(at: usize, end: usize): usize {
  const bytes = i8x16.sub(v128.load(at), i8x16.splat(ZERO))
  const others = i8x16.bitmask(i8x16.gt_u(bytes, i8x16.splat(9)))
  return ctz(others | (1 << <i32>min(end - at, 10)))
}

/** Whether, of up to nine digits behind the point of a second, one that is behind the sixth is not 0. */
// @ts-expect-error: a decorator
@inline
function hasNanos(at: usize, count: usize): bool {
  return count > 6 && ((load<u32>(at, 6) ^ 0x303030) & ((<u32>1 << (<u32>(count - 6) << 3)) - 1)) != 0
}

/** Reads the first `count` of 8 bytes, up to 6, as the digits after the point of a second. Returns microseconds. */
// @ts-expect-error: a decorator
@inline
function microsOf(bytes: u64, count: usize): u32 {
  const digits = (bytes - 0x3030303030303030) & (((<u64>1) << (<u64>count << 3)) - 1)
  const pairs = (digits * 10 + (digits >> 8)) & 0x00ff00ff00ff00ff
  const fours = (pairs * 100 + (pairs >> 16)) & 0x0000ffff0000ffff
  return <u32>fours * 100 + <u32>(fours >> 32) / 100
}

const NO_ZONE: i32 = i32.MIN_VALUE

/** Returns the minutes east of Greenwich that `Z`, or a sign with `HH:MM`, `HHMM` or `HH` stands for, or NO_ZONE. */
// @ts-expect-error: a decorator
@inline
function parseZone(at: usize, end: usize): i32 {
  const sign = load<u8>(at)
  const length = end - at
  if (sign == UPPER_Z && length == 1) return 0
  if (sign != PLUS && sign != MINUS) return NO_ZONE
  const colon = <usize>(load<u8>(at, 3) == COLON)
  if (length != 3 && length != 5 + colon) return NO_ZONE
  const hours = twoDigits(at + 1)
  const minutes = length == 3 ? 0 : twoDigits(at + 3 + colon)
  if (hours > 23 || minutes > 59) return NO_ZONE
  const offset = <i32>(hours * 60 + minutes)
  return sign == PLUS ? offset : -offset
}
