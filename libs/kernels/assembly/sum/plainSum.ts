import { addHalves } from './pageTotal'

/** Adds the `count` int64 values in [from, to). Returns false if they do not fill [from, to). */
export function sumPlain(from: usize, to: usize, count: u32): bool {
  if (<u64>(to - from) != <u64>count << 3) return false
  let ones = i64x2.splat(0)
  let halves = i64x2.splat(0)
  let at = from
  for (; to - at >= 64; at += 64) {
    const a = unsigned(v128.load(at))
    const b = unsigned(v128.load(at, 16))
    const c = unsigned(v128.load(at, 32))
    const d = unsigned(v128.load(at, 48))
    ones = i64x2.add(ones, i64x2.add(i64x2.add(low(a), low(b)), i64x2.add(low(c), low(d))))
    halves = i64x2.add(halves, i64x2.add(i64x2.add(high(a), high(b)), i64x2.add(high(c), high(d))))
  }
  for (; at < to; at += 8) {
    const value = v128.load64_zero(at)
    const a = v128.xor(value, i64x2(i64.MIN_VALUE, 0))
    ones = i64x2.add(ones, low(a))
    halves = i64x2.add(halves, high(a))
  }
  addHalves(bothLanes(halves) - ((<i64>count) << 31), <u64>bothLanes(ones))
  return true
}

/** Returns each value + 2^63. */
// @ts-expect-error: a decorator
@inline
function unsigned(values: v128): v128 {
  return v128.xor(values, i64x2.splat(i64.MIN_VALUE))
}

// @ts-expect-error: a decorator
@inline
function low(values: v128): v128 {
  return v128.and(values, i64x2.splat(0xffffffff))
}

// @ts-expect-error: a decorator
@inline
function high(values: v128): v128 {
  return i64x2.shr_u(values, 32)
}

// @ts-expect-error: a decorator
@inline
function bothLanes(sums: v128): i64 {
  return i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1)
}
