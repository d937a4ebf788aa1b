import { QUOTE } from './bytes'
import { endsLines, fieldEnd, fieldStart, stepOf } from './fields'
import { clearNoInt64, noInt64, parseInt64 } from './int64'

/**
 * Reads a column of scanned records as int64. Writes the values that are not null to `values`, 8 bytes each, and a byte a
 * record to `levels`: 0 where it is null. Returns how many values there are, or -1 if a field is no int64.
 */
export function int64Column(
  ends: usize,
  records: u32,
  columns: u32,
  column: u32,
  values: usize,
  levels: usize,
): i32 {
  const step = stepOf(columns)
  const first = column == 0
  const crlf = endsLines(column, columns)
  clearNoInt64()
  let out = values
  let at = ends + ((<usize>column) << 2)
  for (let r: usize = 0; r < records; r++, at += step) {
    const start = fieldStart(at, first)
    const end = fieldEnd(at, crlf)
    store<u8>(levels + r, <u8>(start != end))
    if (start == end) continue
    const quoted = <usize>(load<u8>(start) == QUOTE)
    store<i64>(out, parseInt64(start + quoted, end - quoted))
    out += 8
  }
  return noInt64 ? -1 : <i32>((out - values) >> 3)
}
