// Finds the double nearest to digits times a power of ten without the full product: Lemire, Number Parsing at
// a Gigabyte per Second (2021), section 5. 128 bits of the power are always enough for 64-bit digits: Mushtak
// and Lemire, Fast Number Parsing Without Fallback (2023).

const FEW_DIGITS: u64 = 1000000000000000
const LEAST_EXPONENT: i32 = -342
const GREATEST_EXPONENT: i32 = 308

/** 5^-342 to 5^308, 16 bytes each, with the higher half first. `src/powersOfFive.ts` fills the table. */
const POWERS_OF_FIVE = memory.data(651 * 16, 8)

export function powersOfFive(): usize {
  return POWERS_OF_FIVE
}

const POWERS_OF_TEN = memory.data<f64>([
  1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21,
  1e22,
])

const MANTISSA_BITS: i32 = 52
const LEAST_POWER: i32 = -1023
const INFINITE_POWER: u64 = 0x7ff

/** Returns the double nearest to digits * 10^exponent, or NaN if it is infinite. */
// @ts-expect-error: a decorator
@inline
export function nearestDouble(digits: u64, exponent: i32): f64 {
  // Both numbers are exact, so a single operation rounds only once (Clinger, How to Read Floating Point
  // Numbers Accurately, 1990).
  if (digits < FEW_DIGITS && exponent >= -22 && exponent <= 22) {
    const value = <f64>(<i64>digits)
    return exponent < 0
      ? value / load<f64>(POWERS_OF_TEN - (exponent << 3))
      : value * load<f64>(POWERS_OF_TEN + (exponent << 3))
  }
  return roundProduct(digits, exponent)
}

function roundProduct(digits: u64, exponent: i32): f64 {
  if (digits == 0 || exponent < LEAST_EXPONENT) return 0
  if (exponent > GREATEST_EXPONENT) return NaN
  const zeros = <i32>clz(digits)
  const left = digits << zeros
  const power = POWERS_OF_FIVE + ((exponent - LEAST_EXPONENT) << 4)
  const powerHigh = load<u64>(power)
  let high = multiplyHigh(left, powerHigh)
  let low = left * powerHigh
  if ((high & 0x1ff) == 0x1ff) {
    // The lower bits could carry into the bits that decide the rounding.
    const more = multiplyHigh(left, load<u64>(power, 8))
    low += more
    if (more > low) high++
  }
  const upper = <i32>(high >> 63)
  const shift = upper + 64 - MANTISSA_BITS - 3
  let mantissa = high >> shift // has one more bit, for rounding
  let binary = ((217706 * exponent) >> 16) + 63 + upper - zeros - LEAST_POWER
  if (binary <= 0) {
    const shrink = 1 - binary
    if (shrink >= 64) return 0
    mantissa >>= shrink
    mantissa += mantissa & 1
    return reinterpret<f64>(mantissa >> 1)
  }
  // Halfway between two doubles, round to the even one.
  if (low <= 1 && exponent >= -4 && exponent <= 23 && (mantissa & 3) == 1 && mantissa << shift == high) mantissa--
  mantissa = (mantissa + (mantissa & 1)) >> 1
  const bits = (<u64>binary << MANTISSA_BITS) + (mantissa - (<u64>1 << MANTISSA_BITS))
  return bits >> MANTISSA_BITS >= INFINITE_POWER ? NaN : reinterpret<f64>(bits)
}

/** Returns the upper half of a product. */
// @ts-expect-error: a decorator
@inline
function multiplyHigh(a: u64, b: u64): u64 {
  const aLow = a & 0xffffffff
  const aHigh = a >> 32
  const bLow = b & 0xffffffff
  const bHigh = b >> 32
  const middle = aHigh * bLow + ((aLow * bLow) >> 32)
  const other = aLow * bHigh + (middle & 0xffffffff)
  return aHigh * bHigh + (middle >> 32) + (other >> 32)
}
