// Reads Parquet's hybrid of runs and bit-packed groups of eight values (parquet-format, Encodings.md, "RLE"),
// a stretch at a time. A stretch is a run or a sequence of groups.
import { breakPage, pageAt, pageBroken, pageEnd, readVarint, takeBytes } from './pageBytes'

/** The number of values in the last stretch. */
export let stretchValues: u32 = 0
/** Where the values of the last stretch are packed, or 0 for a run. */
export let stretchPacked: usize = 0
/** The value of a run. */
export let stretchValue: u32 = 0

/**
 * Reads the next stretch of the page, which has `left` > 0 more values of `width` <= 32 bits. Returns false
 * and breaks the page if there is no valid stretch.
 */
export function nextStretch(left: u32, width: u32): bool {
  const header = readVarint()
  const length = header >> 1
  if (length == 0 || length > <u64>u32.MAX_VALUE) breakPage()
  if (header & 1) {
    stretchValues = <u32>min<u64>(left, length * 8)
    // The last group may be cut off after the last value.
    const bytes = (<u64>stretchValues * width + 7) >> 3
    stretchPacked = takeBytes(bytes)
    takeBytes(min<u64>(length * width - bytes, pageEnd - pageAt))
  } else {
    if (length > <u64>left) breakPage()
    stretchValues = <u32>length
    stretchPacked = 0
    const bytes = (width + 7) >> 3
    const from = takeBytes(bytes)
    stretchValue = pageBroken ? 0 : load<u32>(from) & <u32>(((<u64>1) << (8 * bytes)) - 1)
  }
  return !pageBroken
}
