// What texts there are in a column that might have been numbers. No value is computed.
import { MINUS, PLUS, POINT, QUOTE, SPACE, ZERO } from '../csv/bytes'
import { endsLines, fieldEnd, fieldStart, stepOf } from '../csv/fields'
import { isNaNText, readInfinity } from './doubleAny'

/** What `surveyText` found, as six numbers of 4 bytes. */
const found = memory.data(24)

/**
 * Counts the fields of a column that are neither null nor the empty text, and those of them that are numbers: an integer, a decimal, one
 * with an exponent, NaN or infinity; with leading zeros, a sign of either kind and spaces around it. `5.0` is an integer. Returns the address of six numbers:
 * the two counts, the addresses where the first field that is no number begins and ends, and the same of the first number that is no
 * integer; 0 where there is none. Reads up to 8 bytes behind the last field.
 */
export function surveyText(ends: usize, records: u32, columns: u32, column: u32): usize {
  const step = stepOf(columns)
  const first = column == 0
  const crlf = endsLines(column, columns)
  memory.fill(found, 0, 24)
  let fields: u32 = 0
  let numbers: u32 = 0
  let at = ends + ((<usize>column) << 2)
  for (let r: u32 = 0; r < records; r++, at += step) {
    const start = fieldStart(at, first)
    const end = fieldEnd(at, crlf)
    const quoted = <usize>(start < end && load<u8>(start) == QUOTE)
    if (start + quoted >= end - quoted) continue
    fields++
    const kind = kindOf(start + quoted, end - quoted)
    numbers += <u32>(kind != OTHER)
    if (kind != INTEGER) note(found + (kind == OTHER ? 8 : 16), start, end)
  }
  store<u32>(found, fields)
  store<u32>(found, numbers, 4)
  return found
}

/** Only the first one counts. */
function note(to: usize, start: usize, end: usize): void {
  if (load<u32>(to) != 0) return
  store<u32>(to, <u32>start)
  store<u32>(to, <u32>end, 4)
}

const INTEGER: u32 = 0
const FRACTION: u32 = 1
const OTHER: u32 = 2

const LOWER_E: u8 = 0x65
const LOWER_CASE: u8 = 0x20

/** Of the text in [start, end), which is not empty. */
// @ts-expect-error: a decorator
@inline
function kindOf(start: usize, end: usize): u32 {
  while (start < end && load<u8>(start) == SPACE) start++
  while (start < end && load<u8>(end - 1) == SPACE) end--
  const first = start
  const sign = load<u8>(start)
  if (start < end && (sign == MINUS || sign == PLUS)) start++
  const behind = skipDigits(start, end)
  if (behind == end) return behind == start ? OTHER : INTEGER
  return kindOfLong(start, behind, end, start != first)
}

/** The same of [start, end), where only the bytes in front of `at` are digits. */
function kindOfLong(start: usize, at: usize, end: usize, signed: bool): u32 {
  let digits = at - start
  if (load<u8>(at) == POINT) {
    const behind = skipDigits(at + 1, end)
    if (behind == end && digits > 0 && isZeros(at + 1, end)) return INTEGER
    digits += behind - at - 1
    at = behind
  }
  if (digits == 0) return isWord(start, end, signed) ? FRACTION : OTHER
  if (at == end) return FRACTION
  if ((load<u8>(at++) | LOWER_CASE) != LOWER_E || at == end) return OTHER
  const sign = load<u8>(at)
  if (sign == MINUS || sign == PLUS) at++
  return at < end && skipDigits(at, end) == end ? FRACTION : OTHER
}

function isZeros(at: usize, end: usize): bool {
  while (at < end && load<u8>(at) == ZERO) at++
  return at == end
}

function isWord(start: usize, end: usize, signed: bool): bool {
  return readInfinity(start, end) == Infinity || (!signed && isNaNText(start, end))
}

/** Where the digits end that begin at `at`. */
// @ts-expect-error: a decorator
@inline
function skipDigits(at: usize, end: usize): usize {
  while (at < end && <u32>load<u8>(at) - ZERO <= 9) at++
  return at
}
