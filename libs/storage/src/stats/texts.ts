import type { Value } from '../schema.ts'
import { integerDigits } from '../sum/numbers.ts'
import { type Bounds, type ColumnPartial, textKey, widen } from './partial.ts'

/** Whether a text is neither empty nor an integer. */
export function isMisfit(text: string): boolean {
  return text !== '' && integerDigits(text) === undefined
}

/** Adds the integers among texts, until there is a misfit: the integers do not count then. */
export function addIntegers(partial: ColumnPartial, texts: Iterable<string | null>): void {
  for (const text of texts) {
    if (text === null || text === '') continue
    const digits = integerDigits(text)
    if (digits === undefined) {
      partial.misfit = true
      return
    }
    const integer = BigInt(digits)
    partial.numbers++
    partial.integers += integer
    widen(partial, 'number', { least: integer, greatest: integer })
  }
}

/** Counts the nulls among values and finds the bounds of the others. NaN is between no bounds. */
export function surveyValues(values: readonly Value[]): { nulls: number; bounds: Bounds | undefined } {
  let nulls = 0
  let bounds: Bounds | undefined
  for (const value of values) {
    if (value === null) nulls++
    if (value === null || Number.isNaN(value)) continue
    const found = typeof value === 'string' ? textKey(Buffer.from(value)) : value
    if (!bounds) bounds = { least: found, greatest: found }
    else if (found < bounds.least) bounds.least = found
    else if (found > bounds.greatest) bounds.greatest = found
  }
  return { nulls, bounds }
}
