// Sums bit-packed numbers. Eight numbers of n bits take n bytes.

/** The part of each number that `sumPacked` sums: the whole number, its lower 32 bits, or the bits above. */
export const WHOLE: u32 = 0
export const LOWER_HALF: u32 = 1
export const UPPER_HALF: u32 = 2

/** The sum of the numbers that `sumPacked` has summed since `clearPackedSums`. */
export let plainSum: u64 = 0
/** The sum of n times the first of these n numbers, n - 1 times the second one, and so on. */
export let weightedSum: u64 = 0

export function clearPackedSums(): void {
  plainSum = weightedSum = 0
}

/** Returns the number of 0 to 64 bits that begins `bit` bits after `from`. */
// @ts-expect-error: a decorator
@inline
export function packedNumber(from: usize, bit: u64, width: u64): u64 {
  const at = from + <usize>(bit >> 3)
  const shift = bit & 7
  let number = load<u64>(at) >> shift
  if (width > 56 && shift > 0) number |= (<u64>load<u8>(at + 8)) << (64 - shift)
  return width > 0 ? number & (u64.MAX_VALUE >> (64 - width)) : 0
}

/** Sums `n` more numbers of `width` bits. Whole numbers may have at most 56 bits, so that the sums do not overflow. */
export function sumPacked(from: usize, n: u64, width: u64, part: u32): void {
  weightedSum += plainSum * n
  if (width <= (part == UPPER_HALF ? 32 : 0)) return
  const inLanes = width <= MAX_LANE_WIDTH
  const vectors = inLanes ? n & ~31 : n & ~7
  const rest = n - vectors
  const at = from + <usize>((vectors >> 3) * width)
  if (inLanes) sumLanes(from, vectors, width, rest)
  else if (part == UPPER_HALF) sumGroups(from + 4, at + 4, width, width - 32, rest)
  else sumGroups(from, at, width, part == WHOLE ? width : min<u64>(width, 32), rest)
  for (let i: u64 = 0; i < rest; i++) {
    let number = packedNumber(at, i * width, width)
    if (part == UPPER_HALF) number >>= 32
    if (part == LOWER_HALF) number &= 0xffffffff
    plainSum += number
    weightedSum += number * (rest - i)
  }
}

/** The greatest width for which a lane of 32 bits has room for a number that begins anywhere in a byte. */
const MAX_LANE_WIDTH: u64 = 25
/**
 * The greatest width for which a lane has room for the sums of 128 numbers. With wider numbers, a lane has
 * room for the sums of 32.
 */
const MAX_LONG_WIDTH: u64 = 20

/**
 * For each width up to `MAX_LANE_WIDTH`, for the first four numbers of eight and for the last four: which of
 * sixteen bytes go to which lane, and what to multiply a lane by so that its number begins at bit 7.
 */
const LANES = memory.data(64 * 26, 16)
let hasLanes: bool = false

function makeLanes(): void {
  for (let width: usize = 1; width <= <usize>MAX_LANE_WIDTH; width++) {
    for (let i: usize = 0; i < 8; i++) {
      const firstBit = i < 4 ? i * width : i * width - ((width << 2) & ~7)
      const at = LANES + (width << 6) + ((i >> 2) << 5) + ((i & 3) << 2)
      store<u32>(at, 0x03020100 + 0x01010101 * <u32>(firstBit >> 3))
      store<u32>(at, 1 << (7 - (<u32>firstBit & 7)), 16)
    }
  }
  hasLanes = true
}

/** Sums a multiple of 32 numbers that `behind` others follow. */
function sumLanes(from: usize, count: u64, width: u64, behind: u64): void {
  if (!hasLanes) makeLanes()
  const w = <usize>width
  const half = w >> 1
  const shape = LANES + (w << 6)
  const lanes = v128.load(shape)
  const factors = v128.load(shape, 16)
  const otherLanes = v128.load(shape, 32)
  const otherFactors = v128.load(shape, 48)
  const mask = i32x4.splat((1 << <i32>width) - 1)
  let plain: u64 = 0
  let weighted: u64 = 0
  let at = from
  for (let left = count; left > 0; ) {
    const some = min<u64>(left, width <= MAX_LONG_WIDTH ? 128 : 32)
    // Lane l is the sum of the numbers l, l + 4, l + 8 ..., and the sum of these sums.
    let sum = i32x4.splat(0)
    let sums = i32x4.splat(0)
    for (const stop = at + <usize>((some >> 3) * width); at < stop; at += w) {
      const a = i32x4.mul(i8x16.swizzle(v128.load(at), lanes), factors)
      sum = i32x4.add(sum, v128.and(i32x4.shr_u(a, 7), mask))
      sums = i32x4.add(sums, sum)
      const b = i32x4.mul(i8x16.swizzle(v128.load(at + half), otherLanes), otherFactors)
      sum = i32x4.add(sum, v128.and(i32x4.shr_u(b, 7), mask))
      sums = i32x4.add(sums, sum)
    }
    const tooMuch = i32x4.mul(sum, i32x4(0, 1, 2, 3))
    weighted += plain * some + (bothLanes(widened(sums)) << 2) - bothLanes(widened(tooMuch))
    plain += bothLanes(widened(sum))
    left -= some
  }
  plainSum += plain
  weightedSum += weighted + plain * behind
}

// @ts-expect-error: a decorator
@inline
function widened(lanes: v128): v128 {
  return i64x2.add(i64x2.extend_low_i32x4_u(lanes), i64x2.extend_high_i32x4_u(lanes))
}

// @ts-expect-error: a decorator
@inline
function bothLanes(sums: v128): u64 {
  return <u64>(i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1))
}

/**
 * Sums the lower `bits` bits of a multiple of eight numbers that `behind` others follow. The position of a
 * number in its byte depends on the width modulo 8, and shifting by a constant costs less.
 */
function sumGroups(from: usize, to: usize, width: u64, bits: u64, behind: u64): void {
  switch (<u32>width & 7) {
    case 0: sumOddGroups(from, to, width, bits, behind, 0); break
    case 1: sumOddGroups(from, to, width, bits, behind, 1); break
    case 2: sumOddGroups(from, to, width, bits, behind, 2); break
    case 3: sumOddGroups(from, to, width, bits, behind, 3); break
    case 4: sumOddGroups(from, to, width, bits, behind, 4); break
    case 5: sumOddGroups(from, to, width, bits, behind, 5); break
    case 6: sumOddGroups(from, to, width, bits, behind, 6); break
    default: sumOddGroups(from, to, width, bits, behind, 7)
  }
}

/** `odd`: the width modulo 8. */
// @ts-expect-error: a decorator
@inline
function sumOddGroups(from: usize, to: usize, width: u64, bits: u64, behind: u64, odd: u64): void {
  const mask = ((<u64>1) << bits) - 1
  const near = <usize>(width >> 3)
  const far = near + 1
  let plain: u64 = 0
  let weighted: u64 = 0
  for (let at = from; at < to; ) {
    let sum = load<u64>(at) & mask
    let sums = sum
    at += odd * 1 >= 8 ? far : near
    sum += (load<u64>(at) >> odd) & mask
    sums += sum
    at += (odd & 7) + odd >= 8 ? far : near
    sum += (load<u64>(at) >> ((odd * 2) & 7)) & mask
    sums += sum
    at += ((odd * 2) & 7) + odd >= 8 ? far : near
    sum += (load<u64>(at) >> ((odd * 3) & 7)) & mask
    sums += sum
    at += ((odd * 3) & 7) + odd >= 8 ? far : near
    sum += (load<u64>(at) >> ((odd * 4) & 7)) & mask
    sums += sum
    at += ((odd * 4) & 7) + odd >= 8 ? far : near
    sum += (load<u64>(at) >> ((odd * 5) & 7)) & mask
    sums += sum
    at += ((odd * 5) & 7) + odd >= 8 ? far : near
    sum += (load<u64>(at) >> ((odd * 6) & 7)) & mask
    sums += sum
    at += ((odd * 6) & 7) + odd >= 8 ? far : near
    sum += (load<u64>(at) >> ((odd * 7) & 7)) & mask
    sums += sum
    at += ((odd * 7) & 7) + odd >= 8 ? far : near
    weighted += (plain << 3) + sums
    plain += sum
  }
  plainSum += plain
  weightedSum += weighted + plain * behind
}
