import { QUOTE } from '../csv/bytes'
import { endsLines, fieldEnd, fieldStart, stepOf } from '../csv/fields'
import { hasNeedlessZero } from './digits'
import { clearNoInt64, noInt64, parseInt64, refuse } from './int64'
import { ANY_ZEROS, GROUP, NO_NEEDLESS_ZERO, readPlain, readShort } from './int64Group'

/** The ways to read the fields of a group. A way that expects less of the fields takes longer. */
const PLAIN: u32 = 0
const SHORT: u32 = 1
const ANY: u32 = 2
/** After a group that was not as expected, this many groups are taken to be like it. */
const GROUPS_ALIKE: u32 = 16

/**
 * Reads a column of scanned records as int64. Writes the values that are not null to `values`, 8 bytes each,
 * and a byte for each record to `levels`: 0 for null, otherwise 1. Returns how many values there are, or -1
 * if a field is not an int64. `stored`: numbers may begin with needless zeros, as in earlier releases.
 */
export function int64Column(
  ends: usize,
  records: u32,
  columns: u32,
  column: u32,
  values: usize,
  levels: usize,
  stored: bool,
): i32 {
  const step = stepOf(columns)
  const leasts = stored ? ANY_ZEROS : NO_NEEDLESS_ZERO
  const first = column == 0
  const crlf = endsLines(column, columns)
  clearNoInt64()
  let out = values
  let at = ends + ((<usize>column) << 2)
  let kind = PLAIN
  let alike: u32 = 0
  let left: usize = records
  for (; left >= GROUP; left -= GROUP, levels += GROUP, at += GROUP * step) {
    if (alike == 0) kind = PLAIN
    else alike--
    let next: usize = 0
    if (kind == PLAIN) {
      next = readPlain(at, step, crlf, out, levels, leasts)
      if (next == 0) {
        kind = SHORT
        alike = GROUPS_ALIKE
      }
    }
    if (kind == SHORT) {
      next = readShort(at, step, crlf, out, levels, leasts)
      if (next == 0) {
        kind = ANY
        alike = GROUPS_ALIKE
      }
    }
    out = kind == ANY ? readAny(at, GROUP, step, first, crlf, out, levels, stored) : next
  }
  out = readAny(at, left, step, first, crlf, out, levels, stored)
  return noInt64 ? -1 : <i32>((out - values) >> 3)
}

/** Reads `records` fields. Returns where their values end. */
function readAny(
  at: usize,
  records: usize,
  step: usize,
  first: bool,
  crlf: bool,
  out: usize,
  levels: usize,
  stored: bool,
): usize {
  for (const all = levels + records; levels < all; levels++, at += step) {
    const field = fieldStart(at, first)
    const quoted = <usize>(load<u8>(field) == QUOTE)
    const start = field + quoted
    const end = fieldEnd(at, crlf) - quoted
    store<u8>(levels, <u8>(start != end))
    if (start == end) continue
    if (!stored && hasNeedlessZero(start)) refuse()
    store<i64>(out, parseInt64(start, end))
    out += 8
  }
  return out
}
