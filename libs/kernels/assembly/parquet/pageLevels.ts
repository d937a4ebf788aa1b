import { nextStretch, stretchPacked, stretchValue, stretchValues } from './hybridStretch'
import { openPage } from './pageBytes'

/**
 * Counts how many of `count` definition levels, each 0 or 1, are 1. The levels are a hybrid in [from, to).
 * Returns -1 if the hybrid is damaged.
 */
export function countDefined(from: usize, to: usize, count: u32): i32 {
  openPage(from, to)
  let defined: u32 = 0
  for (let left = count; left > 0; left -= stretchValues) {
    if (!nextStretch(left, 1)) return -1
    if (stretchPacked) {
      defined += onesIn(stretchPacked, stretchValues)
    } else {
      if (stretchValue > 1) return -1
      defined += stretchValue * stretchValues
    }
  }
  return <i32>defined
}

/** Counts how many of the first `bits` bits are 1. */
function onesIn(from: usize, bits: u32): u32 {
  const last = from + ((<usize>bits >> 6) << 3)
  let ones: u64 = 0
  for (let at = from; at < last; at += 8) ones += popcnt(load<u64>(at))
  const rest = ((<u64>1) << (bits & 63)) - 1
  return <u32>(ones + popcnt(load<u64>(last) & rest))
}
