import { oneLine } from '../errors.ts'

const WHERE = /\s*LINE (?<line>\d+): (?<excerpt>.*)\n(?<indent> *)\^\s*$/

/** Makes DuckDB's message one line: a caret below an excerpt of the query becomes the line and the column. */
export function queryError(message: string): string {
  const { line, excerpt = '', indent = '' } = WHERE.exec(message)?.groups ?? {}
  if (line === undefined) return oneLine(message)
  const column = indent.length - `LINE ${line}: `.length + 1
  // The caret counts differently below other letters, and an excerpt that is cut does not say where it begins.
  const isColumn = column > 0 && /^(?!\.\.\.)[ -~]*$/.test(excerpt)
  return `${oneLine(message.replace(WHERE, ''))} (line ${line}${isColumn ? `, column ${column}` : ''})`
}
