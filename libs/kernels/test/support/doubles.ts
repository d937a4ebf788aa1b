import fc from 'fast-check'
import { expect } from 'vitest'
import { ACCUMULATOR_BYTES, DOUBLES_TOTAL_BYTES } from '../../src/index.ts'
import type { ExactSum } from '../twins/exactSum.ts'
import { at, kernels, memory } from './memory.ts'

/** Of every exponent, dense where mantissas and exponents end, and some that cancel each other. */
export const doubles = fc.oneof(
  { arbitrary: fc.double(), weight: 6 },
  { arbitrary: fc.double({ min: -1e6, max: 1e6, noNaN: true }), weight: 3 },
  {
    arbitrary: fc
      .tuple(fc.constantFrom(1, -1), fc.nat({ max: 2046 }), fc.constantFrom(0, 1, 2 ** 51, 2 ** 52 - 1))
      .map(([sign, exponent, bits]) => sign * fromParts(exponent, bits)),
    weight: 4,
  },
  fc.constantFrom(0, -0, 5e-324, -5e-324, 2 ** -1022, Number.MAX_VALUE, -Number.MAX_VALUE),
  fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
)

function fromParts(exponent: number, mantissa: number): number {
  const bits = (BigInt(exponent) << 52n) | BigInt(mantissa)
  return new Float64Array(BigUint64Array.of(bits).buffer)[0]
}

/** The accumulator of the test under way, between two canaries. */
export const accumulator = at.levels
const canary = new Uint8Array(64).fill(0xa5)
const canaries = [accumulator - canary.length, accumulator + ACCUMULATOR_BYTES]
for (const address of canaries) memory.set(canary, address)

/** What it, or another one, has added up. */
export function addedDoubles(sum = accumulator): ExactSum {
  for (const address of canaries) expect(memory.subarray(address, address + canary.length)).toEqual(canary)
  const from = kernels.doublesTotal(sum)
  let units = 0n
  for (let i = DOUBLES_TOTAL_BYTES - 1; i >= 0; i--) units = (units << 8n) | BigInt(memory[from + i])
  return {
    units: BigInt.asIntN(8 * DOUBLES_TOTAL_BYTES, units),
    nans: kernels.doubleNaNs(sum),
    infinities: kernels.doubleInfinities(sum),
    negativeInfinities: kernels.doubleNegativeInfinities(sum),
  }
}

export function doubleBytes(values: readonly number[]): Uint8Array {
  return new Uint8Array(Float64Array.from(values).buffer)
}
