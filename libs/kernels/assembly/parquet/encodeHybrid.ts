// The hybrid of runs and bit-packed groups of eight that Parquet uses for dictionary indices (parquet-format,
// Encodings.md, "RLE").
import { packEight } from './packEight'
import { writeVarint } from './writeVarint'

/**
 * Encodes `count` indices of two bytes, all below 2^width with 1 <= width <= 16. Returns the end address.
 * Overwrites up to 16 bytes after the end, and 16 after the indices.
 */
export function encodeIndices(indices: usize, count: u32, width: u32, out: usize): usize {
  const end = indices + (<usize>count << 1)
  v128.store(end, i64x2.splat(0))
  const valueBytes = (width + 7) >> 3
  // A run pays off if it is shorter than its groups and the header of the next groups.
  const least: usize = 16 * ((2 + valueBytes) / width + 1)
  let packed = indices // the start of the groups that wait to be bit-packed, which end at `at`
  let at = indices
  while (at < end) {
    const group = v128.load(at)
    const same = i16x8.splat(load<u16>(at))
    if (v128.any_true(v128.xor(group, same))) {
      at += 16
      continue
    }
    let runEnd = at + 16
    while (runEnd + 16 <= end && !v128.any_true(v128.xor(v128.load(runEnd), same))) runEnd += 16
    while (runEnd < end && load<u16>(runEnd) == load<u16>(at)) runEnd += 2
    if (min(runEnd, end) - at < least) {
      at += 16
      continue
    }
    out = writeGroups(packed, at, width, out)
    out = writeVarint(runEnd - at, out)
    store<u16>(out, load<u16>(at))
    out += valueBytes
    at = packed = runEnd
  }
  return writeGroups(packed, at, width, out)
}

/** Bit-packs the groups in [from, to). */
function writeGroups(from: usize, to: usize, width: u32, out: usize): usize {
  if (from == to) return out
  out = writeVarint(((to - from) >> 3) | 1, out)
  for (; from < to; from += 16, out += width) packEight(v128.load(from), width, out)
  return out
}

/** Encodes `count` times the index 0, at a width of up to 8. Returns the end address. */
export function encodeZeros(count: u32, out: usize): usize {
  out = writeVarint(<u64>count << 1, out)
  store<u8>(out, 0)
  return out + 1
}
