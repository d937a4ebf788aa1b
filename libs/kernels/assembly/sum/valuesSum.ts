// Sums the values of a page in any encoding that has a kernel.
import { sumDelta } from './deltaSum'
import { sumIndices } from './dictionarySum'
import { sumPlain } from './plainSum'

// The Encoding of parquet.thrift.
export const PLAIN: i32 = 0
const DELTA_BINARY_PACKED: i32 = 5
export const RLE_DICTIONARY: i32 = 8

export const DAMAGED: i32 = 0
export const UNKNOWN: i32 = -1

/**
 * Adds the `count` int64 values in [from, to). Indices are of the dictionary that was opened last, if there is one. Returns 0 if they
 * are damaged, -1 if the encoding is none of those above.
 */
export function sumValues(encoding: i32, from: usize, to: usize, count: u32, hasDictionary: bool): i32 {
  if (encoding == PLAIN) return sumPlain(from, to, count)
  if (encoding == DELTA_BINARY_PACKED) return sumDelta(from, to, count)
  if (encoding != RLE_DICTIONARY) return UNKNOWN
  return hasDictionary || count == 0 ? sumIndices(from, to, count) : DAMAGED
}
