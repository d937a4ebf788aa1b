import type { Clash } from '../catalogue/census.ts'
import { misfitOf } from '../catalogue/notes.ts'
import type { Misfit } from '../csv/misfit.ts'
import { shown } from '../errors.ts'

/** At most this many columns are named, because an answer must not be as long as a header can be. */
const MOST_WARNINGS = 10

/** Returns the warnings about the clashing columns of upload `id`, which has `columns` columns: each names the field that is to blame. */
export function clashWarnings(
  dataDir: string,
  id: number,
  columns: number,
  clashes: readonly Clash[],
): string[] {
  return warningsOf(clashes, columnIndex => misfitOf(dataDir, { id, columnIndex, columns }))
}

/** The same, wherever the misfits of the columns are found. */
export function warningsOf(
  clashes: readonly Clash[],
  misfitAt: (position: number) => Misfit | undefined,
): string[] {
  const warnings: string[] = []
  for (const [i, { position, column, int64, double }] of clashes.entries()) {
    if (warnings.length === MOST_WARNINGS) {
      warnings.push(`${clashes.length - i} more columns may not be numbers here, but are in other uploads`)
      break
    }
    const elsewhere = [inUploads('int64', int64), inUploads('double', double)].filter(text => text !== '')
    const misfit = misfitAt(position)
    // Integers have a sum, also where their type is text.
    if (misfit)
      warnings.push(
        `column "${shown(column.name)}" is ${column.type} here, ${elsewhere.join(', ')}: line ${misfit.line} has "${misfit.value}"`,
      )
  }
  return warnings
}

function inUploads(type: string, count: number): string {
  return count === 0 ? '' : `${type} in ${count} upload${count === 1 ? '' : 's'}`
}
