import { applied, type Change } from './operators.ts'

/** How many characters of a text are shown. */
const SHOWN = 110

/** Returns the line number of a change, and the line or lines before and after it. */
export function describe(source: string, change: Change): { line: number; before: string; after: string } {
  const from = source.lastIndexOf('\n', change.start - 1) + 1
  const to = source.indexOf('\n', change.end)
  const rest = to === -1 ? 0 : source.length - to
  const changed = applied(source, change)
  return {
    line: source.slice(0, change.start).split('\n').length,
    before: shortened(source.slice(from, source.length - rest)),
    after: shortened(changed.slice(from, changed.length - rest)),
  }
}

function shortened(text: string): string {
  const words = text.trim().replace(/\s+/g, ' ')
  return words.length <= SHOWN ? words : `${words.slice(0, SHOWN)}…`
}
