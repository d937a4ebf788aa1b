import { StorageError, shown } from '../errors.ts'
import { type OpenFile, readAt } from '../files.ts'
import { LINE_FEED } from './dialect.ts'
import { lineAt } from './lines.ts'
import { lineEndsOf, notUtf8, separators } from './otherFormats.ts'
import type { ScanProblem } from './scanner.ts'

/** A record that breaks a rule. Positions are in bytes from the start of the file. */
export interface Problem {
  /** Where the record begins. */
  record: number
  /** Where the rule is broken. */
  position: number
  /** What follows the number of the line in a message. */
  text: string
  /** Where the next record begins. Undefined: the rest of the file may belong to this record. */
  next: number | undefined
}

const texts: Record<Exclude<ScanProblem, 'ragged'>, string> = {
  'unclosed quote': 'found a quote that is never closed, expected a closing quote',
  'quote inside a field':
    'found a quote inside an unquoted field, expected the whole field in quotes and the quote doubled',
  'text after a quote': "found text after a closing quote, expected a comma or the line's end",
}

/** Makes the error for a problem of a file. */
export function refusal(
  file: OpenFile,
  { position, text }: Pick<Problem, 'position' | 'text'>,
): StorageError {
  return new StorageError('invalid', `line ${lineAt(file, position)}${text}`)
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
  return `: found ${fieldsFound} ${fieldsFound === 1 ? 'field' : 'fields'}, expected ${columns}${hint}`
}

/** What follows the number of the line in a message about the CR at `position`, which no LF follows. */
export function lineEndText(file: OpenFile, position: number): string {
  const start = Buffer.alloc(Math.min(file.size, 8 * 1024))
  const at = Buffer.alloc(Math.min(file.size - position, 3))
  readAt(file, start, 0)
  readAt(file, at, position)
  return `: found a CR that no LF follows, expected LF or CRLF: ${lineEndsOf(start, at)}`
}

/** The same for a field that has more bytes than `limit`. */
export function tooLargeText(column: string | undefined, bytes: number, limit: number): string {
  return `, column "${shown(column ?? '')}": found a field of ${bytes} bytes, expected at most ${limit}`
}

/** The same for a field that is not UTF-8. */
export function notUtf8Text(column: string | undefined, field: Uint8Array): string {
  return `, column "${shown(column ?? '')}": found bytes that are ${notUtf8(field)}`
}

/** Many programs separate fields by something else, and write numbers with a comma. */
function separatorHint(bytes: Uint8Array): string {
  const found = separators.find(([separator]) => bytes.includes(separator.charCodeAt(0)))
  return found
    ? `: if ${found[1]} separates fields, \`table-cli upload --delimiter\` translates the file`
    : ''
}
