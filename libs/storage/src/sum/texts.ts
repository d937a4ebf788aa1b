import type { Cancellation } from '../cancellation.ts'
import { type ColumnPiece, columnValues } from './aggregate.ts'
import { integerDigits } from './numbers.ts'

/** Integers of so few digits add up exactly in doubles, as many as a block has. */
const FEW_DIGITS = 9

/**
 * The sum of a text column, or of a piece of it, that holds integers of any size. Null and the empty text add nothing. Undefined if a text
 * is no integer.
 */
export function sumTexts(
  dataDir: string,
  piece: ColumnPiece,
  cancellation?: Cancellation,
): bigint | undefined {
  let sum = 0n
  for (const values of columnValues(dataDir, piece, cancellation)) {
    const added = sumOf(values as readonly (string | null)[])
    if (added === undefined) return undefined
    sum += added
  }
  return sum
}

function sumOf(texts: readonly (string | null)[]): bigint | undefined {
  let large = 0n
  let small = 0
  for (const text of texts) {
    if (text === null || text === '') continue
    const digits = integerDigits(text)
    if (digits === undefined) return undefined
    if (digits.length <= FEW_DIGITS) small += Number(digits)
    else large += BigInt(digits)
  }
  return large + BigInt(small)
}
