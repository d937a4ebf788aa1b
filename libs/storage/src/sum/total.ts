import { StorageError, shown } from '../errors.ts'

const MIN = -(2n ** 63n)
const MAX = 2n ** 63n - 1n

/** The sum of the partial sums. Throws StorageError `invalid`, with the exact sum, if it is outside int64. */
export function exactTotal(column: string, partials: readonly bigint[]): bigint {
  const total = partials.reduce((sum, partial) => sum + partial, 0n)
  if (total < MIN || total > MAX) {
    throw new StorageError(
      'invalid',
      `the sum of column "${shown(column)}" is ${total}: outside int64 (${MIN} to ${MAX})`,
    )
  }
  return total
}
