import { LINE_FEED } from './dialect.ts'
import { separators } from './otherFormats.ts'
import type { ScanProblem } from './scanner.ts'

const texts: Record<Exclude<ScanProblem, 'ragged'>, string> = {
  'unclosed quote': 'found a quote that is never closed, expected a closing quote',
  'quote inside a field':
    'found a quote inside an unquoted field, expected the whole field in quotes and the quote doubled',
  'text after a quote': "found text after a closing quote, expected a comma or the line's end",
}

/** What follows the number of the line in a message about a rule that a record breaks. `bytes`: those of the file from the problem on. */
export function problemText(
  kind: ScanProblem,
  fieldsFound: number,
  columns: number,
  bytes: Uint8Array,
): string {
  if (kind !== 'ragged')
    return `, column ${fieldsFound + 1}: ${texts[kind]}${separatorHint(bytes.subarray(0, 1))}`
  const end = bytes.indexOf(LINE_FEED)
  const hint = columns === 1 ? separatorHint(end < 0 ? bytes : bytes.subarray(0, end)) : ''
  return `: found ${fieldsFound} fields, expected ${columns}${hint}`
}

/** Many programs separate fields by something else, and write numbers with a comma. */
function separatorHint(bytes: Uint8Array): string {
  const found = separators.find(([separator]) => bytes.includes(separator.charCodeAt(0)))
  return found
    ? `: if ${found[1]} separates fields, \`table-cli upload --delimiter\` translates the file`
    : ''
}
