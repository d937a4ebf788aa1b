// Reads columns of text. A value is its length in 4 bytes, then its bytes. An empty field is null, or the empty
// text if the field is quoted.
import { QUOTE } from '../csv/bytes'
import { endsLines, fieldEnd, fieldStart, stepOf } from '../csv/fields'

let count: u32 = 0

/** How many values that are not null the last `textColumn` found. */
export function textCount(): u32 {
  return count
}

/**
 * Writes the texts of a column that are not null to `values`, without the quotes around them and with doubled
 * quotes halved, and a byte for each record to `levels`: 0 for null, otherwise 1. Returns how many bytes the
 * values have, at most as many as `textBytes` says. May overwrite up to 64 bytes after the last one.
 */
export function textColumn(
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
  let out = values
  let nulls: u32 = 0
  let at = ends + ((<usize>column) << 2)
  for (let r: u32 = 0; r < records; r++, at += step) {
    const start = fieldStart(at, first)
    const end = fieldEnd(at, crlf)
    const isNull = start == end
    const text = out + 4
    store<u8>(levels + r, <u8>!isNull)
    nulls += <u32>isNull
    if (load<u8>(start) == QUOTE) {
      out = copyQuoted(start + 1, end - 1, text)
      store<u32>(text - 4, <u32>(out - text))
    } else {
      // A null is copied as well, and overwritten by the next value: a branch would be hard to predict.
      copy(start, end, text)
      store<u32>(text - 4, <u32>(end - start))
      out = text + (end - start) - (<usize>isNull << 2)
    }
  }
  count = records - nulls
  return <i32>(out - values)
}

/** Returns an upper bound of the bytes that `textColumn` writes. The bound exceeds them by the quotes alone. */
export function textBytes(ends: usize, records: u32, columns: u32, column: u32): i32 {
  const step = stepOf(columns)
  const first = column == 0
  const crlf = endsLines(column, columns)
  let bytes: usize = 0
  let at = ends + ((<usize>column) << 2)
  for (let r: u32 = 0; r < records; r++, at += step) {
    bytes += fieldEnd(at, crlf) - fieldStart(at, first) + 4
  }
  return <i32>bytes
}

/** Copies two vectors at a time, because the length of a short field is hard to predict. */
// @ts-expect-error: a decorator
@inline
function copy(start: usize, end: usize, out: usize): void {
  do {
    v128.store(out, v128.load(start))
    v128.store(out, v128.load(start, 16), 16)
    start += 32
    out += 32
  } while (start < end)
}

/** Copies the bytes between the quotes. Returns where the copy ends. */
function copyQuoted(start: usize, end: usize, out: usize): usize {
  const quote = i8x16.splat(QUOTE)
  let at = start
  while (at < end) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    v128.store(out, a)
    v128.store(out, b, 16)
    const quotes = i8x16.bitmask(i8x16.eq(a, quote)) | (i8x16.bitmask(i8x16.eq(b, quote)) << 16)
    const plain = min(<usize>ctz(quotes), end - at)
    at += plain
    out += plain
    if (plain < 32 && at < end) {
      out++ // the first of two quotes
      at += 2
    }
  }
  return out
}
