// Scans the first part of the bytes, as far as there are no quotes, CRs or blank lines. There every comma and
// every line feed is a separator, and a block needs almost no state from the previous one.
import { COMMA, LF } from './bytes'
import { COMMAS, LFS, mask, writeFew } from './masks'

/** How many bytes are scanned before checking that they are plain. */
const STRETCH: usize = 512
/**
 * How many stretches are scanned before checking that the records have the right number of fields. Each check
 * takes time.
 */
const CHECKED_STRETCHES: u32 = 8

let next: usize = 0

/** Returns the address of the first byte that belongs to none of the found records. */
export function plainScanNext(): usize {
  return next
}

/**
 * Finds records from `from` on, as `scan` does, and writes to `ends` where the second fields end, or without
 * `second` where the lines end. Stops where the bytes are not plain or too few. Returns 0 if the records do
 * not have `columns` fields on average, both in total and up to a line every few KiB.
 */
export function plainScan(
  second: bool,
  from: usize,
  to: usize,
  columns: u32,
  ends: usize,
  room: u32,
): u32 {
  return second
    ? scanStretches(true, from, to, columns, ends, room)
    : scanStretches(false, from, to, columns, ends, room)
}

// @ts-expect-error: a decorator
@inline
function scanStretches(
  second: bool,
  from: usize,
  to: usize,
  columns: u32,
  ends: usize,
  room: u32,
): u32 {
  const full = ends + ((<usize>room) << 2)
  const lf = v128.load(LFS)
  const comma = v128.load(COMMAS)
  let at = from
  let out = ends
  let records: u64 = 0
  let separators: u64 = 0
  let uneven: u64 = 0
  let unchecked = CHECKED_STRETCHES
  // What a block needs to know of the previous one, in bit 0.
  let startsLine: u64 = 1
  let inFirst: u64 = 1
  let inSecond: u64 = 0
  while (at + STRETCH <= to && out + 4 * STRETCH <= full) {
    const stop = at + STRETCH
    let block = at
    let written = out
    let lineCount: u64 = 0
    let commaCount: u64 = 0
    let blank: u64 = 0
    let commas = i8x16.splat(0)
    let least = i8x16.splat(-1)
    for (; block < stop; block += 64) {
      const a = v128.load(block)
      const b = v128.load(block, 16)
      const c = v128.load(block, 32)
      const d = v128.load(block, 48)
      const al = i8x16.eq(a, lf)
      const bl = i8x16.eq(b, lf)
      const cl = i8x16.eq(c, lf)
      const dl = i8x16.eq(d, lf)
      // Quotes and CRs are below the comma, and so are few other bytes except the line feed.
      const ab = i8x16.min_u(v128.or(a, al), v128.or(b, bl))
      const cd = i8x16.min_u(v128.or(c, cl), v128.or(d, dl))
      least = i8x16.min_u(least, i8x16.min_u(ab, cd))
      const ac = i8x16.eq(a, comma)
      const bc = i8x16.eq(b, comma)
      const cc = i8x16.eq(c, comma)
      const dc = i8x16.eq(d, comma)
      const lines = mask(al, bl, cl, dl)
      lineCount += popcnt(lines)
      blank |= lines & ((lines << 1) | startsLine)
      startsLine = lines >> 63
      if (second) {
        // Adding a bit at a field's start to the bits that are not separators carries the bit to the field's
        // end.
        const both = lines | mask(ac, bc, cc, dc)
        const inner = ~both
        const first = ((lines << 1) | inFirst) + inner
        inFirst = <u64>(first < inner) | (lines >> 63)
        const firstEnds = first & both
        const next = ((firstEnds << 1) | inSecond) + inner
        inSecond = <u64>(next < inner) | (firstEnds >> 63)
        commaCount += popcnt(both ^ lines)
        written = writeFew(next & both, block, written)
      } else {
        commas = i8x16.sub(commas, i8x16.add(i8x16.add(ac, bc), i8x16.add(cc, dc)))
        written = writeFew(lines, block, written)
      }
    }
    if (v128.any_true(i8x16.lt_u(least, comma)) || blank != 0) break
    at = stop
    out = written
    records += lineCount
    separators += lineCount + (second ? commaCount : sumOf(commas))
    if (--unchecked == 0) {
      uneven |= surplus(stop, separators - records * columns)
      unchecked = CHECKED_STRETCHES
    }
  }
  // The bytes after the last line feed belong to no whole record.
  while (at > from && load<u8>(at - 1) != LF) separators -= <u64>(load<u8>(--at) == COMMA)
  next = at
  if (separators == records * columns && uneven == 0) return <u32>records
  next = from
  return 0
}

/**
 * Returns how many separators are missing or too many. `left`: the separators that do not belong to the
 * counted records; some of them belong to the record that continues at `to`. Returns 0 if that record begins
 * before the last 64 bytes, because its separators are not counted then.
 */
function surplus(to: usize, left: u64): u64 {
  const lines = maskOf(to - 64, v128.load(LFS))
  const behind = ~(~(<u64>0) >> clz(lines))
  return lines == 0 ? 0 : left - popcnt(maskOf(to - 64, v128.load(COMMAS)) & behind)
}

/** Returns which of 64 bytes equal `byte`. */
// @ts-expect-error: a decorator
@inline
function maskOf(at: usize, byte: v128): u64 {
  const a = i8x16.eq(v128.load(at), byte)
  const b = i8x16.eq(v128.load(at, 16), byte)
  const c = i8x16.eq(v128.load(at, 32), byte)
  const d = i8x16.eq(v128.load(at, 48), byte)
  return mask(a, b, c, d)
}

/** Returns the sum of all lanes. */
// @ts-expect-error: a decorator
@inline
function sumOf(bytes: v128): u64 {
  const fours = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(bytes))
  const eights = i64x2.add(i64x2.extend_low_i32x4_u(fours), i64x2.extend_high_i32x4_u(fours))
  return i64x2.extract_lane(eights, 0) + i64x2.extract_lane(eights, 1)
}
