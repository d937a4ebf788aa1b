// Adds up one column of scanned records that holds doubles, exactly.
import { COMMA, LF, MINUS, QUOTE } from '../csv/bytes'
import { endsLines, fieldEnd, skipBlankLines } from '../csv/fields'
import { readDecimal } from '../types/double'
import { isNaNText, readAnyDouble } from '../types/doubleAny'
import { firstEnd, startBefore } from './numberBounds'
import { addDouble, makeRoom } from './superaccumulator'

/**
 * Adds the fields whose ends are in [at, all), as `sumFields` does, to the accumulator `sum`. Returns false if a field is no double: the total is then of no use.
 */
export function sumDoubleFields(sum: usize, at: usize, all: usize, step: usize, columns: u32, column: u32): bool {
  const crlf = endsLines(column, columns)
  const separator = i8x16.splat(columns == 1 ? LF : COMMA)
  makeRoom(sum, <u32>((all - at) / step))
  for (; at < all; at += step) {
    const end = fieldEnd(at, crlf)
    if (!addField(sum, startBefore(end, separator), end)) return false
  }
  return true
}

/** The same for the first of several columns, of records whose line ends are in [at, all), behind the one before them. */
export function sumFirstDoubleFields(sum: usize, at: usize, all: usize): bool {
  makeRoom(sum, <u32>((all - at) >> 2))
  for (let line = at - 4; line < all - 4; line += 4) {
    const start = skipBlankLines(<usize>load<u32>(line) + 1)
    const end = firstEnd(start)
    if (end == 0 || !addField(sum, start, end)) return false
  }
  return true
}

/** The field may be quoted. Empty it adds nothing. */
// @ts-expect-error: a decorator
@inline
function addField(sum: usize, start: usize, end: usize): bool {
  const quoted = <usize>(load<u8>(start) == QUOTE)
  const from = start + quoted
  const to = end - quoted
  if (from >= to) return from == to
  const negative = load<u8>(from) == MINUS
  const value = readDecimal(from + <usize>negative, to)
  if (value == value) {
    addDouble(sum, reinterpret<u64>(value) | (<u64>negative << 63))
    return true
  }
  const other = readAnyDouble(from, to, true)
  addDouble(sum, reinterpret<u64>(other))
  return other == other || isNaNText(from, to)
}
