import { shown } from '../errors.ts'

/** A header can have thousands of such names, and the answer to an upload must stay small. */
const MOST_WARNINGS = 10

export interface Names {
  /** None is empty and none comes twice. */
  names: readonly string[]
  /** Says which names were made. After the first few warnings, the last one counts the rest. */
  warnings: readonly string[]
}

/**
 * Returns the names that the columns of a header get. A column without a name is called by its position, such
 * as `column3`. A name that comes again gets the next number that no other column has: the second `a` becomes
 * `a_1`. All other names stay as they are.
 */
export function columnNames(written: readonly string[]): Names {
  const taken = new Set(written)
  if (taken.size === written.length && !taken.has('')) return { names: written, warnings: [] }
  const seen = new Set<string>()
  const numbers = new Map<string, number>()
  const warnings: string[] = []
  const free = (name: string): string => {
    let number = numbers.get(name) ?? 1
    while (taken.has(`${name}_${number}`)) number++
    numbers.set(name, number + 1)
    return `${name}_${number}`
  }
  const names = written.map((name, i) => {
    const place = `column ${i + 1}`
    if (name !== '' && !seen.has(name)) {
      seen.add(name)
      return name
    }
    const byPosition = `column${i + 1}`
    const made = name !== '' ? free(name) : taken.has(byPosition) ? free(byPosition) : byPosition
    taken.add(made)
    warnings.push(
      name === ''
        ? `${place} has no name: it is called "${made}"`
        : `the name "${shown(name)}" comes twice: ${place} is called "${shown(made)}"`,
    )
    return made
  })
  const more = warnings.length - MOST_WARNINGS
  if (more <= 0) return { names, warnings }
  return {
    names,
    warnings: [...warnings.slice(0, MOST_WARNINGS), `${more} more columns were named like that`],
  }
}
