// Snappy: https://github.com/google/snappy/blob/main/format_description.txt
import { openPage, pageAt, pageBroken, readVarint } from './pageBytes'

/**
 * Decompresses [from, to) to `out`. Returns false, after it has written any of the `size` bytes there, if it is not what `size` bytes
 * were compressed to.
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
    // The bytes of a length or an offset: their number follows from the tag.
    const kind = tag & 3
    const numberBytes: usize = kind == 0 ? (length > 60 ? length - 60 : 0) : kind == 3 ? 4 : kind
    if (numberBytes > to - at) return false
    const number = <usize>(load<u32>(at) & <u32>(((<u64>1) << (numberBytes << 3)) - 1))
    at += numberBytes
    if (kind == 0) {
      if (numberBytes > 0) length = number + 1
      // A length of 2^32 has become 0.
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

/** From the first byte on: where the two overlap, what was copied is copied again. May write up to `end` behind the last byte. */
// @ts-expect-error: a decorator
@inline
function copyBytes(to: usize, from: usize, length: usize, end: usize): void {
  const stop = to + length
  // Eight at once where they are not copied from themselves.
  if (to - from >= 8 && end - stop >= 8) {
    for (; to < stop; to += 8, from += 8) store<u64>(to, load<u64>(from))
  } else {
    for (; to < stop; to++, from++) store<u8>(to, load<u8>(from))
  }
}
