// Adds up the doubles of a page, whichever way it has them.
import { nextStretch, stretchPacked, stretchValue, stretchValues } from '../parquet/hybridStretch'
import { openPage, pageBroken, readByte } from '../parquet/pageBytes'
import { dictionary, entries } from './dictionarySum'
import { packedNumber } from './packedSum'
import { addDouble, addDoubleTimes, makeRoom } from './superaccumulator'
import { DAMAGED, PLAIN, RLE_DICTIONARY, UNKNOWN } from './valuesSum'

/** Adds the `count` doubles that fill [from, to) to the accumulator `sum`. Returns false if they do not. */
export function sumDoubles(sum: usize, from: usize, to: usize, count: u32): bool {
  if (<u64>(to - from) != <u64>count << 3) return false
  makeRoom(sum, count)
  for (let at = from; at < to; at += 8) addDouble(sum, load<u64>(at))
  return true
}

/**
 * The same for `count` indices into the dictionary that was opened last: their bit width in a byte, then a hybrid, in [from, to).
 * Returns false if they are damaged or not all in the dictionary.
 */
export function sumDoubleIndices(sum: usize, from: usize, to: usize, count: u32): bool {
  if (count == 0) return true
  openPage(from, to)
  const width = readByte()
  if (pageBroken || width > 32 || entries == 0) return false
  makeRoom(sum, count)
  if (width == 0) {
    addDoubleTimes(sum, load<u64>(dictionary), count)
    return true
  }
  for (let left = count; left > 0; left -= stretchValues) {
    if (!nextStretch(left, width)) return false
    if (!stretchPacked) {
      if (stretchValue >= entries) return false
      addDoubleTimes(sum, entry(stretchValue), stretchValues)
      continue
    }
    for (let i: u32 = 0; i < stretchValues; i++) {
      const index = packedNumber(stretchPacked, <u64>i * width, width)
      if (index >= entries) return false
      addDouble(sum, entry(<u32>index))
    }
  }
  return true
}

// @ts-expect-error: a decorator
@inline
function entry(index: u32): u64 {
  return load<u64>(dictionary + (<usize>index << 3))
}

/** As `sumValues`, for doubles: 0 if they are damaged, -1 if the encoding is none of those above. */
export function sumDoubleValues(
  sum: usize,
  encoding: i32,
  from: usize,
  to: usize,
  count: u32,
  hasDictionary: bool,
): i32 {
  if (encoding == PLAIN) return sumDoubles(sum, from, to, count)
  if (encoding != RLE_DICTIONARY) return UNKNOWN
  return hasDictionary || count == 0 ? sumDoubleIndices(sum, from, to, count) : DAMAGED
}
