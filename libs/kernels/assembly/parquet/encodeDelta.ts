// DELTA_BINARY_PACKED (parquet-format, Encodings.md): the first value, then the steps between neighbours in
// blocks of 128. The least step of a block is subtracted from all its steps. The remainders are bit-packed in
// four miniblocks of 32, each with as many bits as its greatest remainder needs.
import { packEight } from './packEight'
import { BLOCK, MINIBLOCK, PLAN_ENTRY, stepAt } from './surveyIntegers'
import { writeVarint, zigzag } from './writeVarint'

/**
 * Encodes values that `surveyInt64` has surveyed, with the plan from the survey. Returns the end address.
 * Overwrites up to 8 bytes after the end, and 33 values after the plan.
 */
export function deltaInt64(values: usize, count: u32, plan: usize, out: usize): usize {
  return encodeDelta<i64>(values, count, plan, out)
}

export function deltaInt32(values: usize, count: u32, plan: usize, out: usize): usize {
  return encodeDelta<i32>(values, count, plan, out)
}

// @ts-expect-error: a decorator
@inline
function encodeDelta<T>(values: usize, count: u32, plan: usize, out: usize): usize {
  out = writeVarint(BLOCK, out)
  out = writeVarint(BLOCK / MINIBLOCK, out)
  out = writeVarint(count, out)
  out = writeVarint(zigzag(<i64>load<T>(values)), out)
  const last = values + <usize>(count - 1) * sizeof<T>()
  for (let at = values; at < last; plan += PLAN_ENTRY) {
    const leastStep = <T>load<i64>(plan)
    let widths = load<u32>(plan, 8)
    out = writeVarint(zigzag(<i64>leastStep), out)
    store<u32>(out, widths)
    out += 4
    const end = min(at + BLOCK * sizeof<T>(), last)
    for (; at < end; at += MINIBLOCK * sizeof<T>(), widths >>= 8) {
      const width = widths & 0xff
      if (width != 0) out = packMiniblock<T>(at, last, leastStep, width, plan + PLAN_ENTRY, out)
    }
  }
  return out
}

/**
 * Packs the miniblock of the steps from the value at `at`. Pads the miniblock if there are fewer than 32
 * steps up to `last`.
 */
function packMiniblock<T>(at: usize, last: usize, leastStep: T, width: u32, scratch: usize, out: usize): usize {
  if (last - at < MINIBLOCK * sizeof<T>()) {
    memory.copy(scratch, at, last - at + sizeof<T>())
    for (let p = scratch + (last - at), end = scratch + MINIBLOCK * sizeof<T>(); p < end; p += sizeof<T>()) {
      store<T>(p, load<T>(p) + leastStep, sizeof<T>())
    }
    at = scratch
  }
  if (width <= 16) return packNarrow<T>(at, leastStep, width, out)
  if (width <= 32) return packWide<T>(at, leastStep, width, 2, out)
  return packWide<T>(at, leastStep, width, 1, out)
}

/** Bit-packs the remainders of 32 steps, which have at most 16 bits. */
function packNarrow<T>(at: usize, leastStep: T, width: u32, out: usize): usize {
  const least = i32x4.splat(<i32>leastStep)
  for (let end = at + MINIBLOCK * sizeof<T>(); at < end; at += 8 * sizeof<T>(), out += width) {
    const low = i32x4.sub(i32x4.sub(fourLow<T>(at + sizeof<T>()), fourLow<T>(at)), least)
    const high = i32x4.sub(i32x4.sub(fourLow<T>(at + 5 * sizeof<T>()), fourLow<T>(at + 4 * sizeof<T>())), least)
    packEight(i16x8.narrow_i32x4_u(low, high), width, out)
  }
  return out
}

/** Loads the lower 32 bits of four values. */
// @ts-expect-error: a decorator
@inline
function fourLow<T>(at: usize): v128 {
  const first = v128.load(at)
  return sizeof<T>() == 4 ? first : v128.shuffle<i32>(first, v128.load(at, 16), 0, 2, 4, 6)
}

/** Bit-packs the remainders of 32 steps, one or two (`together`) at a time: as many as fit into 64 bits. */
// @ts-expect-error: a decorator
@inline
function packWide<T>(at: usize, leastStep: T, width: u32, together: u32, out: usize): usize {
  const length = width * together
  let pending: u64 = 0
  let bits: u32 = 0 // the number of bits in `pending`, at most 7
  for (let end = at + MINIBLOCK * sizeof<T>(); at < end; at += together * sizeof<T>()) {
    let word = restAt<T>(at, leastStep)
    if (together == 2) word |= restAt<T>(at + sizeof<T>(), leastStep) << width
    store<u64>(out, pending | (word << bits))
    out += (bits + length) >> 3
    bits = (bits + length) & 7
    pending = (word >> 1) >> (length - 1 - bits)
  }
  return out
}

// @ts-expect-error: a decorator
@inline
function restAt<T>(at: usize, leastStep: T): u64 {
  const rest = stepAt<T>(at) - leastStep
  return sizeof<T>() == 4 ? <u64>(<u32>rest) : <u64>rest
}
