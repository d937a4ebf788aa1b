// The exact sum of doubles the plain way: each is taken apart into a whole number of units of 2^-1074.

export interface ExactSum {
  units: bigint
  nans: number
  infinities: number
  negativeInfinities: number
}

export function exactSum(values: readonly number[]): ExactSum {
  const sum = { units: 0n, nans: 0, infinities: 0, negativeInfinities: 0 }
  for (const value of values) {
    if (Number.isNaN(value)) sum.nans++
    else if (value === Number.POSITIVE_INFINITY) sum.infinities++
    else if (value === Number.NEGATIVE_INFINITY) sum.negativeInfinities++
    else sum.units += unitsOf(value)
  }
  return sum
}

/** A finite double is m * 2^e, where m and e are whole numbers. */
function unitsOf(value: number): bigint {
  let mantissa = value
  let exponent = 0
  while (!Number.isInteger(mantissa) && exponent > -1074) {
    mantissa *= 2
    exponent--
  }
  return BigInt(mantissa) << BigInt(1074 + exponent)
}
