import { shown } from '../errors.ts'

/** More warnings than this would make an answer as large as the header. */
const MOST_WARNINGS = 10

export interface Names {
  /** None is empty and none comes twice. */
  names: readonly string[]
  /** One for each name that was made. */
  warnings: readonly string[]
}

/**
 * The names of columns as a header has them, where an empty one becomes `column3` by its position, and one that was there before
 * becomes `a_1`, or the next number that no other column has. All other names stay as they are.
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
