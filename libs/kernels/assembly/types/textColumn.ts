// Reads columns of text. A value is its length in 4 bytes, then its bytes. An empty field is the empty text.
import { QUOTE } from '../csv/bytes'
import { endsLines, fieldEnd, fieldStart, stepOf } from '../csv/fields'

/**
 * Writes the text of each field of a column to `values`, without the quotes around it and with doubled quotes
 * halved. Returns how many bytes were written, at most as many as `textBytes` says. May overwrite up to 64
 * bytes after the last one.
 */
export function textColumn(ends: usize, records: u32, columns: u32, column: u32, values: usize): i32 {
  const step = stepOf(columns)
  const first = column == 0
  const crlf = endsLines(column, columns)
  let out = values
  let at = ends + ((<usize>column) << 2)
  for (let r: u32 = 0; r < records; r++, at += step) {
    const start = fieldStart(at, first)
    const end = fieldEnd(at, crlf)
    const text = out + 4
    if (start < end && load<u8>(start) == QUOTE) {
      out = copyQuoted(start + 1, end - 1, text)
    } else {
      copy(start, end, text)
      out = text + (end - start)
    }
    store<u32>(text - 4, <u32>(out - text))
  }
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
