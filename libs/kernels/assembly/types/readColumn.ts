import { QUOTE } from '../csv/bytes'
import { endsLines, fieldEnd, fieldStart, stepOf } from '../csv/fields'

/** A type whose values all have the same width. It has no state, and there are no objects of it. */
export abstract class FieldType {
  /** Returns the bytes of a value. */
  abstract width(): usize
  /** Writes the value of the text in [start, end) to `out`. Returns false if the text is not of the type. */
  abstract read(start: usize, end: usize, out: usize): bool
}

/** Reads a column as every `xColumn` does: see `ReadColumn` in `src/index.ts`. */
// @ts-expect-error: a decorator
@inline
export function readColumn<T extends FieldType>(
  ends: usize,
  records: u32,
  columns: u32,
  column: u32,
  values: usize,
  levels: usize,
): i32 {
  const type = changetype<T>(0)
  const step = stepOf(columns)
  const first = column == 0
  const crlf = endsLines(column, columns)
  let out = values
  let at = ends + ((<usize>column) << 2)
  for (let r: usize = 0; r < records; r++, at += step) {
    const field = fieldStart(at, first)
    const quoted = <usize>(load<u8>(field) == QUOTE)
    const start = field + quoted
    const end = fieldEnd(at, crlf) - quoted
    store<u8>(levels + r, <u8>(start != end))
    if (start == end) continue
    if (!type.read(start, end, out)) return -1
    out += type.width()
  }
  return <i32>((out - values) / type.width())
}
