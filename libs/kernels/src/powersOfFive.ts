const LEAST = -342
const GREATEST = 308
/** From this exponent on, the inverse of the power fits into 64 bits, and dividing by it must round up to be exact. */
const LEAST_ROUNDED_UP = -27

/**
 * 5^-342 to 5^308, each as the first 128 bits of its binary digits, the higher 64 bits first. With powers of
 * ten outside this range, numbers of up to 64 bits become 0 or infinite as doubles.
 * `assembly/types/nearestDouble.ts` uses the table, which is from Lemire, Number Parsing at a Gigabyte per
 * Second (2021), appendix B.
 */
export const powersOfFive: BigUint64Array = new BigUint64Array(2 * (GREATEST - LEAST + 1))

for (let exponent = LEAST; exponent <= GREATEST; exponent++) {
  const binary = (152170 * exponent) >> 16 // floor(log2(5^exponent))
  const bits =
    exponent < 0
      ? (1n << BigInt(127 - binary)) / 5n ** BigInt(-exponent) + (exponent < LEAST_ROUNDED_UP ? 0n : 1n)
      : ((5n ** BigInt(exponent)) << 128n) >> BigInt(binary + 1)
  const at = 2 * (exponent - LEAST)
  powersOfFive[at] = bits >> 64n
  powersOfFive[at + 1] = bits
}
