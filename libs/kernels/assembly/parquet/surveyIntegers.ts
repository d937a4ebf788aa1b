// Goes through integers once and collects what the choice of encoding and the statistics need. T is i32 or
// i64; differences between neighbours wrap.
import { varintBytes, zigzag } from './writeVarint'

/** The values of a DELTA_BINARY_PACKED block, and of each of its four miniblocks. */
export const BLOCK: u32 = 128
export const MINIBLOCK: u32 = 32

/** The bytes of a block in a plan: the least step in 8, the bit width of each miniblock in one each, and 4 unused. */
export const PLAN_ENTRY: usize = 16

let least: i64 = 0
let greatest: i64 = 0
let changes: u32 = 0
let deltaBytes: u32 = 0

export function surveyLeast(): i64 {
  return least
}

export function surveyGreatest(): i64 {
  return greatest
}

/** Returns how many values differ from the previous value. */
export function surveyChanges(): u32 {
  return changes
}

/** Returns the size of the values in DELTA_BINARY_PACKED, in bytes. */
export function surveyDeltaBytes(): u32 {
  return deltaBytes
}

/**
 * Surveys `count` > 0 values. Writes a plan for `deltaInt64` to `plan`, with 16 bytes for each block of 128
 * values or fewer.
 */
export function surveyInt64(values: usize, count: u32, plan: usize): void {
  survey<i64>(values, count, plan)
}

export function surveyInt32(values: usize, count: u32, plan: usize): void {
  survey<i32>(values, count, plan)
}

/** Returns the difference between the next value and the value at `at`. */
// @ts-expect-error: a decorator
@inline
export function stepAt<T>(at: usize): T {
  return <T>(load<T>(at, sizeof<T>()) - load<T>(at))
}

// @ts-expect-error: a decorator
@inline
function survey<T>(values: usize, count: u32, plan: usize): void {
  const first = load<T>(values)
  let low = v128.splat<T>(first)
  let high = low
  let same: u32 = 0
  deltaBytes = 3 + varintBytes(count) + varintBytes(zigzag(<i64>first))
  let at = values
  const blocksEnd = values + <usize>((count - 1) & ~(BLOCK - 1)) * sizeof<T>()
  for (; at < blocksEnd; plan += PLAN_ENTRY) {
    const end = at + BLOCK * sizeof<T>()
    const step = stepAt<T>(at)
    if (isProgression<T>(at, end, step)) {
      const last = v128.splat<T>(load<T>(end))
      low = lesser<T>(low, last)
      high = greater<T>(high, last)
      if (step == 0) same += BLOCK
      planBlock(plan, <i64>step, 0)
      at = end
      continue
    }
    let steps = v128.splat<T>(step)
    let equal = i64x2.splat(0)
    for (let p = at; p < end; p += 32) {
      const a = v128.load(p, sizeof<T>())
      const b = v128.load(p, sizeof<T>() + 16)
      const stepA = v128.sub<T>(a, v128.load(p))
      const stepB = v128.sub<T>(b, v128.load(p, 16))
      low = lesser<T>(low, lesser<T>(a, b))
      high = greater<T>(high, greater<T>(a, b))
      steps = lesser<T>(steps, lesser<T>(stepA, stepB))
      equal = v128.sub<T>(equal, v128.eq<T>(stepA, i64x2.splat(0)))
      equal = v128.sub<T>(equal, v128.eq<T>(stepB, i64x2.splat(0)))
    }
    same += <u32>sum<T>(equal)
    const leastStep = leastLane<T>(steps)
    steps = v128.splat<T>(leastStep)
    let widths: u32 = 0
    for (let shift: u32 = 0; shift < 32; shift += 8) {
      const next = at + MINIBLOCK * sizeof<T>()
      let bits = i64x2.splat(0)
      for (; at < next; at += 16) {
        bits = v128.or(bits, v128.sub<T>(v128.sub<T>(v128.load(at, sizeof<T>()), v128.load(at)), steps))
      }
      widths |= widthOf<T>(orLanes<T>(bits)) << shift
    }
    planBlock(plan, <i64>leastStep, widths)
  }
  least = <i64>leastLane<T>(low)
  greatest = <i64>greatestLane<T>(high)
  const rest = count - 1 - <u32>((at - values) / sizeof<T>())
  if (rest > 0) same += surveyRest<T>(at, at + rest * sizeof<T>(), plan)
  changes = count - 1 - same
}

/** Returns whether all steps from the value at `at` to the one at `end` are equal and none wraps. */
// @ts-expect-error: a decorator
@inline
function isProgression<T>(at: usize, end: usize, step: T): bool {
  const steps = v128.splat<T>(step)
  const first = load<T>(at)
  let other = i64x2.splat(0)
  while (at < end) {
    const next = at + MINIBLOCK * sizeof<T>()
    for (; at < next; at += 16) {
      other = v128.or(other, v128.xor(v128.sub<T>(v128.load(at, sizeof<T>()), v128.load(at)), steps))
    }
    if (v128.any_true(other)) return false
  }
  // The steps must be so small that 128 of them do not wrap.
  const small = <T>(step << 8) >> 8 == step
  return small && step < 0 == load<T>(end) < first
}

/** Surveys the last steps, fewer than a block. Returns how many are 0. */
function surveyRest<T>(at: usize, end: usize, plan: usize): u32 {
  let same: u32 = 0
  let leastStep = stepAt<T>(at)
  for (let p = at; p < end; p += sizeof<T>()) {
    const next = load<T>(p, sizeof<T>())
    const step = stepAt<T>(p)
    least = min(least, <i64>next)
    greatest = max(greatest, <i64>next)
    leastStep = min(leastStep, step)
    same += <u32>(step == 0)
  }
  let widths: u32 = 0
  for (let shift: u32 = 0; at < end; shift += 8) {
    const next = min(at + MINIBLOCK * sizeof<T>(), end)
    let bits: T = 0
    for (; at < next; at += sizeof<T>()) bits |= stepAt<T>(at) - leastStep
    widths |= widthOf<T>(bits) << shift
  }
  planBlock(plan, <i64>leastStep, widths)
  return same
}

function planBlock(plan: usize, leastStep: i64, widths: u32): void {
  store<i64>(plan, leastStep)
  store<u32>(plan, widths, 8)
  const bits = (widths & 0xff) + ((widths >> 8) & 0xff) + ((widths >> 16) & 0xff) + (widths >> 24)
  deltaBytes += varintBytes(zigzag(leastStep)) + 4 + bits * (MINIBLOCK / 8)
}

// @ts-expect-error: a decorator
@inline
function widthOf<T>(bits: T): u32 {
  return sizeof<T>() * 8 - <u32>clz<T>(bits)
}

// @ts-expect-error: a decorator
@inline
function lesser<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.min_s(a, b) : v128.bitselect(b, a, i64x2.gt_s(a, b))
}

// @ts-expect-error: a decorator
@inline
function greater<T>(a: v128, b: v128): v128 {
  return sizeof<T>() == 4 ? i32x4.max_s(a, b) : v128.bitselect(a, b, i64x2.gt_s(a, b))
}

// @ts-expect-error: a decorator
@inline
function leastLane<T>(lanes: v128): T {
  const two = lesser<T>(lanes, halvesSwapped(lanes))
  return v128.extract_lane<T>(lesser<T>(two, neighboursSwapped<T>(two)), 0)
}

// @ts-expect-error: a decorator
@inline
function greatestLane<T>(lanes: v128): T {
  const two = greater<T>(lanes, halvesSwapped(lanes))
  return v128.extract_lane<T>(greater<T>(two, neighboursSwapped<T>(two)), 0)
}

// @ts-expect-error: a decorator
@inline
function orLanes<T>(lanes: v128): T {
  const two = v128.or(lanes, halvesSwapped(lanes))
  return v128.extract_lane<T>(v128.or(two, neighboursSwapped<T>(two)), 0)
}

// @ts-expect-error: a decorator
@inline
function sum<T>(lanes: v128): T {
  const two = v128.add<T>(lanes, halvesSwapped(lanes))
  const one = v128.extract_lane<T>(two, 0)
  return sizeof<T>() == 4 ? one + v128.extract_lane<T>(two, 1) : one
}

// @ts-expect-error: a decorator
@inline
function halvesSwapped(lanes: v128): v128 {
  return v128.shuffle<i64>(lanes, lanes, 1, 0)
}

/** Swaps neighbouring lanes. Both int64 lanes are equal here, so they stay as they are. */
// @ts-expect-error: a decorator
@inline
function neighboursSwapped<T>(lanes: v128): v128 {
  return sizeof<T>() == 4 ? v128.shuffle<i32>(lanes, lanes, 1, 0, 3, 2) : lanes
}
