// The exact sum of doubles, whatever their exponents and their order (Neal, Fast Exact Summation Using Small and Large
// Superaccumulators, 2015). A double is a whole number of units of 2^-1074: its mantissa, shifted by its exponent. Mantissas of one
// sign and exponent add up in a bin; when all are in, each bin is shifted once and added to the total.
//
// An accumulator is 65,856 bytes at an address that is a multiple of 8. There can be several, as for several columns.

/** For each sign and exponent, as a double has them in its upper 12 bits: the sums of the lower 32 bits and of the upper 21 bits. */
const BINS: usize = 4096
const BINS_BYTES: usize = BINS << 4
/** The total in units, a two's complement. The largest double has 2098 bits; the rest is for the sums of 2^200 of them. */
const TOTAL: usize = BINS_BYTES
const TOTAL_BYTES: usize = 36 << 3
/** How many mantissas are in the bins, in 8 bytes. */
const IN_BINS: usize = TOTAL + TOTAL_BYTES
/** How many NaNs and infinities there were, doubles of 8 bytes. */
const NANS: usize = IN_BINS + 8
const INFINITIES: usize = IN_BINS + 16
const NEGATIVE_INFINITIES: usize = IN_BINS + 24
const BYTES: usize = IN_BINS + 32

const EXPONENTS: u32 = 0x7ff
const UPPER_BITS: u64 = 0xfffff
/** What the mantissa of a double has in front of its bits, unless it is a subnormal one. */
const LEADING_BIT: u64 = 0x100000
/** A bin has room for so many mantissas. */
const ROOM: u64 = 0xffffffff

/** Makes an accumulator that has added nothing. */
export function clearDoubles(sum: usize): void {
  memory.fill(sum, 0, BYTES)
}

/** To be called before so many doubles are added. */
export function makeRoom(sum: usize, count: u32): void {
  if (load<u64>(sum + IN_BINS) + count > ROOM) doublesTotal(sum)
  store<u64>(sum + IN_BINS, load<u64>(sum + IN_BINS) + count)
}

/** Adds the double that has these bits. */
// @ts-expect-error: a decorator
@inline
export function addDouble(sum: usize, bits: u64): void {
  const top = <u32>(bits >> 52)
  const exponent = top & EXPONENTS
  if (exponent == EXPONENTS) {
    addSpecial(sum, bits, 1)
    return
  }
  const bin = sum + (<usize>top << 4)
  store<u64>(bin, load<u64>(bin) + (bits & 0xffffffff))
  store<u64>(bin, load<u64>(bin, 8) + upperBits(bits, exponent), 8)
}

/** Adds it so many times. */
export function addDoubleTimes(sum: usize, bits: u64, times: u32): void {
  const top = <u32>(bits >> 52)
  const exponent = top & EXPONENTS
  if (exponent == EXPONENTS) {
    addSpecial(sum, bits, times)
    return
  }
  const bin = sum + (<usize>top << 4)
  store<u64>(bin, load<u64>(bin) + (bits & 0xffffffff) * times)
  store<u64>(bin, load<u64>(bin, 8) + upperBits(bits, exponent) * times, 8)
}

// @ts-expect-error: a decorator
@inline
function upperBits(bits: u64, exponent: u32): u64 {
  return ((bits >> 32) & UPPER_BITS) | (exponent != 0 ? LEADING_BIT : 0)
}

function addSpecial(sum: usize, bits: u64, times: u32): void {
  const isNaN = bits << 12 != 0
  const at = sum + (isNaN ? NANS : <i64>bits < 0 ? NEGATIVE_INFINITIES : INFINITIES)
  store<f64>(at, load<f64>(at) + times)
}

export function doubleNaNs(sum: usize): f64 {
  return load<f64>(sum + NANS)
}

export function doubleInfinities(sum: usize): f64 {
  return load<f64>(sum + INFINITIES)
}

export function doubleNegativeInfinities(sum: usize): f64 {
  return load<f64>(sum + NEGATIVE_INFINITIES)
}

/**
 * Where the total of all finite doubles is that were added: 36 words of 64 bits, the lowest first, a two's complement in units of
 * 2^-1074. More can be added afterwards.
 */
export function doublesTotal(sum: usize): usize {
  const total = sum + TOTAL
  if (load<u64>(sum + IN_BINS) == 0) return total
  for (let top: usize = 0; top < BINS; top++) {
    const bin = sum + (top << 4)
    const low = load<u64>(bin)
    const high = load<u64>(bin, 8)
    if ((low | high) == 0) continue
    const exponent = <u64>top & EXPONENTS
    const shift = exponent == 0 ? 0 : exponent - 1 // subnormal doubles are shifted like the smallest normal ones
    const negative = top > EXPONENTS
    addShifted(total, low, shift, negative)
    addShifted(total, high, shift + 32, negative)
  }
  memory.fill(sum, 0, BINS_BYTES)
  store<u64>(sum + IN_BINS, 0)
  return total
}

/** Adds value * 2^shift to a total, or subtracts it. */
function addShifted(total: usize, value: u64, shift: u64, negative: bool): void {
  const word = <usize>(shift >> 6)
  const bits = shift & 63
  addWord(total, word, value << bits, negative)
  if (bits != 0) addWord(total, word + 1, value >> (64 - bits), negative)
}

function addWord(total: usize, word: usize, value: u64, negative: bool): void {
  let at = total + (word << 3)
  const before = load<u64>(at)
  const after = negative ? before - value : before + value
  store<u64>(at, after)
  let carries = negative ? before < value : after < value
  for (at += 8; carries && at < total + TOTAL_BYTES; at += 8) {
    const next = load<u64>(at)
    store<u64>(at, negative ? next - 1 : next + 1)
    carries = negative ? next == 0 : next == u64.MAX_VALUE
  }
}
