// Sums DELTA_BINARY_PACKED pages (parquet-format, Encodings.md). A value is the previous value plus the
// block's least delta plus a packed number. If no value can wrap, the n values after the value p, with the
// packed numbers x1 to xn, add up to n*p + least*n*(n+1)/2 + n*x1 + (n-1)*x2 + ... + xn.
import {
  clearPackedSums,
  LOWER_HALF,
  packedNumber,
  plainSum,
  sumPacked,
  UPPER_HALF,
  WHOLE,
  weightedSum,
} from './packedSum'
import { openPage, pageAt, pageBroken, pageEnd, readVarint, readZigzag } from '../parquet/pageBytes'
import { addHalves } from './pageTotal'

/** A sum of products below this fits into 64 bits, together with another one as great. */
const SAFE: f64 = 2305843009213693952
/** Miniblocks are summed together up to about this many values. */
const TOGETHER: u64 = 128
/** The most values that are summed together: the sums of this many products with 32-bit numbers fit into 64 bits. */
const MAX_TOGETHER: u64 = 16384

/** Values whose bound is below this do not wrap. */
const LIMIT: f64 = 4611686018427387904
/** The value that was added last. */
let last: i64 = 0
// The total: halves * 2^32 + ones.
let halves: i64 = 0
let ones: u64 = 0

/** Adds the `count` int64 values of the page [from, to). Returns false if it is damaged or has another number of them. */
export function sumDelta(from: usize, to: usize, count: u32): bool {
  if (count == 0) return true
  openPage(from, to)
  const blockValues = readVarint()
  const miniblocks = readVarint()
  const values = readVarint()
  last = readZigzag()
  if (pageBroken || values != count || miniblocks == 0 || blockValues > <u64>u32.MAX_VALUE) return false
  const miniblockValues = blockValues / miniblocks
  if (miniblockValues == 0 || (miniblockValues & 31) != 0 || miniblockValues * miniblocks != blockValues) return false
  halves = last >> 32
  ones = <u64>last & 0xffffffff
  if (!addBlocks(values - 1, miniblocks, miniblockValues)) return false
  addHalves(halves, ones)
  return true
}

function addBlocks(values: u64, miniblocks: u64, miniblockValues: u64): bool {
  const end = pageEnd
  let at = pageAt
  for (let left = values; left > 0; ) {
    const start = at
    openPage(at, end)
    const least = readZigzag()
    let width = pageAt
    if (pageBroken || miniblocks > <u64>(end - width)) return false
    const widthsEnd = width + <usize>miniblocks
    at = widthsEnd
    while (width < widthsEnd && left > 0) {
      // Take several miniblocks at once, as long as they have few values in total or nothing but the block's
      // least delta.
      const first = width
      let greatest: u64 = 0
      let n: u64 = 0
      let size: u64 = 0
      do {
        const w = <u64>load<u8>(width++)
        const some = min(left - n, miniblockValues)
        greatest = max(greatest, w)
        // The last miniblock may be cut off after the last value.
        if (w > 64 || size + ((some * w + 7) >> 3) > <u64>(end - at)) return false
        size += (miniblockValues * w) >> 3
        n += some
      } while (width < widthsEnd && n < left && (n < TOGETHER || greatest == 0))
      if (greatest == 0 && at - start <= 8 && first - start + miniblocks == at - start) {
        // Blocks without packed numbers are often equal.
        const blockValues = miniblocks * miniblockValues
        const alike = u64.MAX_VALUE >> (<u64>(8 - (at - start)) << 3)
        const block = load<u64>(start) & alike
        const length = at - start
        while (left - n >= blockValues && end - at >= length && (load<u64>(at) & alike) == block) {
          n += blockValues
          at += length
        }
      }
      addMiniblocks(first, at, n, greatest > 0 ? miniblockValues : n, greatest, least)
      at += <usize>min<u64>(end - at, size)
      left -= n
    }
  }
  return true
}

/** Adds the `n` > 0 values after the last one from whole miniblocks, given their widths and their address. */
function addMiniblocks(widths: usize, from: usize, n: u64, miniblockValues: u64, greatest: u64, least: i64): void {
  const most = <f64>((<u64>1) << min<u64>(greatest, 63))
  if (abs(<f64>last) + <f64>n * (abs(<f64>least) + most) >= LIMIT) {
    addOneByOne(widths, from, n, miniblockValues, least)
  } else if (greatest == 0) {
    for (let left = n; left > 0; ) {
      const some = min(left, MAX_TOGETHER)
      addStretch(some, least, 0, 0, 0)
      left -= some
    }
  } else if (<f64>(n * n) * most < SAFE) {
    sumMiniblocks(widths, from, n, miniblockValues, WHOLE)
    addStretch(n, least, plainSum, weightedSum, 0)
  } else if (n <= MAX_TOGETHER) {
    sumMiniblocks(widths, from, n, miniblockValues, LOWER_HALF)
    const plain = plainSum
    const weighted = weightedSum
    sumMiniblocks(widths, from, n, miniblockValues, UPPER_HALF)
    addStretch(n, least, plain + (plainSum << 32), weighted, weightedSum)
  } else {
    addOneByOne(widths, from, n, miniblockValues, least)
  }
}

/** Sums the packed numbers of miniblocks. */
function sumMiniblocks(widths: usize, from: usize, n: u64, miniblockValues: u64, part: u32): void {
  clearPackedSums()
  let at = from
  for (let left = n; left > 0; ) {
    const width = <u64>load<u8>(widths++)
    let some = min(left, miniblockValues)
    // Miniblocks of the same width are packed like a single one.
    for (; some < left && load<u8>(widths) == width; widths++) some += min(left - some, miniblockValues)
    sumPacked(at, some, width, part)
    at += <usize>((some * width) >> 3)
    left -= some
  }
}

/**
 * Adds the `n` values after the last one. Their packed numbers add up to `plain`, and with their weights to
 * upper * 2^32 + lower.
 */
function addStretch(n: u64, least: i64, plain: u64, lower: u64, upper: u64): void {
  const times = (n * (n + 1)) >> 1
  const rest = (<u64>least & 0xffffffff) * times + lower
  halves += (last >> 32) * <i64>n + (least >> 32) * <i64>times + <i64>upper + <i64>(rest >> 32)
  ones += (<u64>last & 0xffffffff) * n + (rest & 0xffffffff)
  last += least * <i64>n + <i64>plain
}

/** Like `addMiniblocks`, for values or sums that wrap. */
function addOneByOne(widths: usize, from: usize, n: u64, miniblockValues: u64, least: i64): void {
  let at = from
  let value = last
  let high: i64 = 0
  let low: u64 = 0
  for (let left = n; left > 0; widths++) {
    const width = <u64>load<u8>(widths)
    const some = min(left, miniblockValues)
    for (let i: u64 = 0; i < some; i++) {
      value += least + <i64>packedNumber(at, i * width, width)
      high += value >> 32
      low += <u64>value & 0xffffffff
    }
    at += <usize>((miniblockValues * width) >> 3)
    left -= some
  }
  last = value
  halves += high
  ones += low
}
