import { LF } from './bytes'
import { LFS } from './masks'

/** Returns how many line feeds stand in [from, to). Reads nothing else. */
export function countLineFeeds(from: usize, to: usize): u32 {
  const lf = v128.load(LFS)
  let count: u32 = 0
  let at = from
  for (; at + 16 <= to; at += 16)
    count += popcnt<u32>(<u32>i8x16.bitmask(i8x16.eq(v128.load(at), lf)))
  for (; at < to; at++) if (load<u8>(at) == LF) count++
  return count
}
