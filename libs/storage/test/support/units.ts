import type { DoubleSum } from '../../src/sum/doubles.ts'

/** How many units of 2^-1074 a finite double is. */
export function unitsOf(value: number): bigint {
  const bits = new BigUint64Array(Float64Array.of(value).buffer)[0]
  const exponent = (bits >> 52n) & 0x7ffn
  const mantissa = (bits & (2n ** 52n - 1n)) | (exponent === 0n ? 0n : 2n ** 52n)
  return (mantissa << (exponent === 0n ? 0n : exponent - 1n)) * (bits >> 63n ? -1n : 1n)
}

/** The exact sum of doubles, one after the other. */
export function sumOf(values: readonly number[]): DoubleSum {
  const count = (special: number) => values.filter(value => Object.is(value, special)).length
  return {
    units: values.filter(Number.isFinite).reduce((sum, value) => sum + unitsOf(value), 0n),
    nans: count(Number.NaN),
    infinities: count(Number.POSITIVE_INFINITY),
    negativeInfinities: count(Number.NEGATIVE_INFINITY),
  }
}
