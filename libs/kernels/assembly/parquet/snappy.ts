// Snappy: https://github.com/google/snappy/blob/main/format_description.txt
import { openPage, pageAt, pageBroken, readVarint } from './pageBytes'

/**
 * Decompresses [from, to) to `out`. Returns false if the input is not `size` bytes compressed with Snappy;
 * part of the `size` bytes at `out` may have been written then.
 */
export function decompressSnappy(from: usize, to: usize, out: usize, size: u32): bool {
  openPage(from, to)
  if (readVarint() != size || pageBroken) return false
  const start = out
  const end = out + size
  let at = pageAt
  while (at < to) {
    const tag = <usize>load<u8>(at++)
    let length = (tag >> 2) + 1
    // The tag says how many bytes of a length or an offset follow.
    const kind = tag & 3
    const numberBytes: usize = kind == 0 ? (length > 60 ? length - 60 : 0) : kind == 3 ? 4 : kind
    if (numberBytes > to - at) return false
    const number = <usize>(load<u32>(at) & <u32>(((<u64>1) << (numberBytes << 3)) - 1))
    at += numberBytes
    if (kind == 0) {
      if (numberBytes > 0) length = number + 1
      // A length of 2^32 has wrapped to 0.
      if (length == 0 || length > to - at || length > end - out) return false
      copyBytes(out, at, length, end)
      at += length
    } else {
      const offset = kind == 1 ? number | ((tag >> 5) << 8) : number
      if (kind == 1) length = ((tag >> 2) & 7) + 4
      if (offset == 0 || offset > out - start || length > end - out) return false
      copyBytes(out, out - offset, length, end)
    }
    out += length
  }
  return out == end
}

/**
 * Copies from the first byte on: if the two ranges overlap, copied bytes are copied again. May write beyond
 * the last byte, up to `end`.
 */
// @ts-expect-error: a decorator
@inline
function copyBytes(to: usize, from: usize, length: usize, end: usize): void {
  const stop = to + length
  // Copy eight bytes at once unless they overlap.
  if (to - from >= 8 && end - stop >= 8) {
    for (; to < stop; to += 8, from += 8) store<u64>(to, load<u64>(from))
  } else {
    for (; to < stop; to++, from++) store<u8>(to, load<u8>(from))
  }
}
