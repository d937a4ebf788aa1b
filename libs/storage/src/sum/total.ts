import { StorageError, shown } from '../errors.ts'
import { type DoubleSum, mergeDoubles, noDoubles, specialTotal, UNIT_BITS } from './doubles.ts'
import { shownTotal, wholeNumber } from './exactNumber.ts'

/** What some pieces of a column add up to. Plain data: it crosses threads. */
export interface PartialSum {
  integers: bigint
  doubles?: DoubleSum
  /** An upload that has a text in the column which is no integer: then there is no total. */
  refused?: number
}

export function mergePartials(one: PartialSum, other: PartialSum): PartialSum {
  const sum: PartialSum = { integers: one.integers + other.integers }
  if (one.doubles || other.doubles)
    sum.doubles = mergeDoubles(one.doubles ?? noDoubles, other.doubles ?? noDoubles)
  const refused = one.refused ?? other.refused
  if (refused !== undefined) sum.refused = refused
  return sum
}

const MIN = -(2n ** 63n)
const MAX = 2n ** 63n - 1n

/**
 * The sum of the partial sums. Throws StorageError `invalid`, with the exact sum, if it is no whole number or outside int64.
 */
export function exactTotal(column: string, partials: readonly PartialSum[]): bigint {
  const { integers, doubles = noDoubles } = partials.reduce(mergePartials, { integers: 0n })
  const units = (integers << UNIT_BITS) + doubles.units
  const total = wholeNumber(units)
  const special = specialTotal(doubles)
  const name = shown(column)
  const refused = (found: string) => new StorageError('invalid', `the sum of column "${name}" is ${found}`)
  if (special !== undefined) {
    throw refused(`${special}: the column has ${countsOf(doubles)}, expected numbers; \`stats\` counts them`)
  }
  if (total === undefined) {
    throw refused(`${shownTotal(units)}: no whole number, expected an int64; \`stats\` sums any numbers`)
  }
  if (total < MIN || total > MAX) throw refused(`${shownTotal(units)}: outside int64 (${MIN} to ${MAX})`)
  return total
}

function countsOf({ nans, infinities, negativeInfinities }: DoubleSum): string {
  return Object.entries({ NaN: nans, Infinity: infinities, '-Infinity': negativeInfinities })
    .filter(([, count]) => count > 0)
    .map(([word, count]) => `${count} times ${word}`)
    .join(' and ')
}
