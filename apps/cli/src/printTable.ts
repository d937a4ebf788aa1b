import { type Command, Option } from 'commander'
import { heading } from './colours.ts'
import { oneLine } from './errors.ts'

/** How a table is printed: aligned for people, or as one JSON array or CSV for programs. */
export type Style = 'aligned' | 'json' | 'csv'

/** What a field may hold. Counts are numbers; an object has the number of uploads for each type of column. */
export type Value = string | number | null | Record<string, number>

/** The values of a row by the names of their columns, which every style prints in this order. */
export type Row = Record<string, Value>

/** Gives a command the options that `styleOf` reads. */
export function addStyleOptions(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print JSON').conflicts('csv'))
    .addOption(new Option('--csv', 'print CSV'))
}

export function styleOf(command: Command): Style {
  const { json, csv } = command.opts<{ json?: true; csv?: true }>()
  return json ? 'json' : csv ? 'csv' : 'aligned'
}

/**
 * Yields the text of a table, with a header, page by page, so that a long table needs no memory. Aligned columns can get wider from
 * page to page. `stream` is where the text goes, for the colour of the header.
 */
export async function* tableText(
  columns: readonly string[],
  pages: Iterable<readonly Row[]> | AsyncIterable<readonly Row[]>,
  style: Style,
  stream: NodeJS.WriteStream = process.stdout,
): AsyncGenerator<string> {
  const widths = columns.map(() => 0)
  let header = true
  let separator = '\n'
  yield style === 'json' ? '[' : style === 'csv' ? csvRecord(columns) : ''
  for await (const rows of pages) {
    if (style === 'csv') yield rows.map(row => csvRecord(columns.map(name => fieldText(row[name])))).join('')
    else if (style === 'aligned') yield alignedText(columns, rows, widths, header ? stream : undefined)
    else if (rows.length > 0) {
      yield separator + rows.map(row => JSON.stringify(row)).join(',\n')
      separator = ',\n'
    }
    header = false
  }
  if (style === 'json') yield separator === '\n' ? ']\n' : '\n]\n'
}

/** Makes `widths` wide enough for these rows. Begins with a header if it knows which stream the header goes to. */
function alignedText(
  columns: readonly string[],
  rows: readonly Row[],
  widths: number[],
  headerOn: NodeJS.WriteStream | undefined,
): string {
  const lines = rows.map(row => columns.map(name => oneLine(fieldText(row[name]))))
  if (headerOn) lines.unshift([...columns])
  for (const line of lines)
    for (const [i, text] of line.entries()) widths[i] = Math.max(widths[i] ?? 0, widthOf(text))
  const isNumber = columns.map(name => rows.every(row => typeof row[name] === 'number'))
  const padded = (text: string, i: number) => {
    const space = ' '.repeat((widths[i] ?? 0) - widthOf(text))
    return isNumber[i] ? space + text : text + space
  }
  const texts = lines.map(line => line.map(padded).join('  ').trimEnd())
  if (headerOn) texts[0] = heading(texts[0] ?? '', headerOn)
  return texts.map(text => `${text}\n`).join('')
}

function fieldText(value: Value | undefined): string {
  if (value === null || value === undefined) return ''
  if (typeof value !== 'object') return String(value)
  return Object.entries(value)
    .map(([type, uploads]) => `${uploads} ${type}`)
    .join(', ')
}

function csvRecord(fields: readonly string[]): string {
  const quoted = fields.map(text => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text))
  return `${quoted.join()}\n`
}

const WIDE =
  /\p{Script=Han}|\p{Script=Hiragana}|\p{Script=Katakana}|\p{Script=Hangul}|\p{Emoji_Presentation}/u
const NARROW = /\p{Mn}|\p{Me}|\p{Cf}/u

/** How many cells of a terminal a text takes. */
export function widthOf(text: string): number {
  if (/^[ -~]*$/.test(text)) return text.length
  let width = 0
  for (const character of text) width += WIDE.test(character) ? 2 : NARROW.test(character) ? 0 : 1
  return width
}
