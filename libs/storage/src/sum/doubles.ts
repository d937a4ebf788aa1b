import { DOUBLES_TOTAL_BYTES } from '@table/kernels'
import { memory } from '../kernelMemory.ts'

/** The exact sum of doubles. Plain data: it crosses threads. */
export interface DoubleSum {
  /** Of those that are finite, in units of 2^-1074: every double is a whole number of these. */
  units: bigint
  nans: number
  infinities: number
  negativeInfinities: number
}

/** A unit of `DoubleSum` is 2 to the power of minus so many. */
export const UNIT_BITS = 1074n

export const noDoubles: DoubleSum = { units: 0n, nans: 0, infinities: 0, negativeInfinities: 0 }

/** What the accumulator at an address has added up. */
export function addedDoubles(sum = memory.doubles): DoubleSum {
  const { kernels, bytes } = memory
  const from = kernels.doublesTotal(sum)
  const total = Buffer.from(bytes.subarray(from, from + DOUBLES_TOTAL_BYTES)).reverse()
  return {
    units: BigInt.asIntN(8 * DOUBLES_TOTAL_BYTES, BigInt(`0x${total.toString('hex')}`)),
    nans: kernels.doubleNaNs(sum),
    infinities: kernels.doubleInfinities(sum),
    negativeInfinities: kernels.doubleNegativeInfinities(sum),
  }
}

export function mergeDoubles(one: DoubleSum, other: DoubleSum): DoubleSum {
  return {
    units: one.units + other.units,
    nans: one.nans + other.nans,
    infinities: one.infinities + other.infinities,
    negativeInfinities: one.negativeInfinities + other.negativeInfinities,
  }
}

/** What IEEE 754 adds up to where not all doubles are finite. Undefined if all are. */
export function specialTotal({ nans, infinities, negativeInfinities }: DoubleSum): number | undefined {
  if (nans > 0 || (infinities > 0 && negativeInfinities > 0)) return Number.NaN
  if (infinities > 0) return Number.POSITIVE_INFINITY
  return negativeInfinities > 0 ? Number.NEGATIVE_INFINITY : undefined
}
