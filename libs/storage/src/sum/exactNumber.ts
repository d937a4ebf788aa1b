// Exact totals as people and programs take them. A total is a whole number of units of 2^-1074, see `DoubleSum`.
import { UNIT_BITS } from './doubles.ts'

/** The double nearest to a total, halfway between two the even one; infinite where IEEE 754 rounds to that. */
export function nearestDouble(units: bigint): number {
  const bits = bitsOf(units)
  // A product with the smallest double is exact here: what it has to drop of a subnormal result, there is not.
  if (bits < 1000) return Number(units) * Number.MIN_VALUE
  // Number() rounds as it should, but knows no such large numbers. One bit stands for all those that are dropped.
  const dropped = BigInt(bits - 64)
  const kept = units >> dropped
  const rounded = Number(kept << dropped === units ? kept : kept | 1n)
  return rounded * 2 ** (bits - 64 - Number(UNIT_BITS))
}

/** The bits of a double's mantissa. */
const MANTISSA = 53

/** Returns the double nearest to a total divided by `count` > 0, rounded once, halfway between two to the even one. */
export function nearestQuotient(units: bigint, count: bigint): number {
  const magnitude = magnitudeOf(units)
  // With so many bits more, the quotient has more than a mantissa, and below a unit at least what rounding needs.
  const shift = bitsOf(count) + MANTISSA + 2
  const shifted = magnitude << BigInt(shift)
  const quotient = shifted / count
  // A double has as many bits as its mantissa, and none below a unit.
  const dropped = Math.max(bitsOf(quotient) - MANTISSA, shift)
  const kept = quotient >> BigInt(dropped)
  const rest = quotient - (kept << BigInt(dropped))
  const half = 1n << BigInt(dropped - 1)
  const isExact = quotient * count === shifted
  const up = rest > half || (rest === half && (!isExact || (kept & 1n) === 1n))
  const rounded = Number(up ? kept + 1n : kept) * 2 ** (dropped - shift - Number(UNIT_BITS))
  return units < 0n ? -rounded : rounded
}

/** The whole number that a total is; undefined if it is none. */
export function wholeNumber(units: bigint): bigint | undefined {
  const whole = units >> UNIT_BITS
  return whole << UNIT_BITS === units ? whole : undefined
}

/** A decimal number with more digits is hard to read. */
const MOST_DIGITS = 40

/** The total as a decimal number, exactly; if that takes very many digits, the nearest double with "about" in front. */
export function shownTotal(units: bigint): string {
  const places = placesOf(units)
  // Four bits make more than a digit. To make millions of digits takes long.
  if (places > MOST_DIGITS || bitsOf(units >> UNIT_BITS) > 4 * MOST_DIGITS) return about(nearestDouble(units))
  const whole = String(magnitudeOf(units) >> UNIT_BITS)
  if (whole.length + places > MOST_DIGITS) return about(nearestDouble(units))
  const sign = units < 0n ? '-' : ''
  return places === 0 ? `${sign}${whole}` : `${sign}${whole}.${fractionOf(units, places)}`
}

function about(value: number): string {
  if (Number.isFinite(value)) return `about ${value}`
  return value > 0 ? `more than ${Number.MAX_VALUE}` : `less than ${-Number.MAX_VALUE}`
}

/** How many digits stand behind the point: a fraction of 2^n has n of them. */
function placesOf(units: bigint): number {
  if (units === 0n) return 0
  const zeros = bitsOf(units & -units) - 1
  return Math.max(0, Number(UNIT_BITS) - zeros)
}

function fractionOf(units: bigint, places: number): string {
  const fraction = magnitudeOf(units) & ((1n << UNIT_BITS) - 1n)
  const ofPlaces = fraction >> (UNIT_BITS - BigInt(places))
  return String(ofPlaces * 5n ** BigInt(places)).padStart(places, '0')
}

function magnitudeOf(value: bigint): bigint {
  return value < 0n ? -value : value
}

/** How many bits a number has without its sign. */
function bitsOf(value: bigint): number {
  const hex = magnitudeOf(value).toString(16)
  return 4 * hex.length - Math.clz32(Number.parseInt(hex[0] as string, 16)) + 28
}
