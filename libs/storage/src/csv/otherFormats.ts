// Recognises by its first bytes what a file is that is not in our dialect, so that messages can say so.
import { shown } from '../errors.ts'
import { BYTE_ORDER_MARK_BYTES, CARRIAGE_RETURN, hasByteOrderMark, LINE_FEED } from './dialect.ts'

interface Kind {
  name: string
  /** What to do. */
  remedy: string
}

const UNPACK = 'unpack it, or send it by `table-cli upload`, which unpacks it'
const UNPACK_FIRST = 'unpack it first'
const SAVE = 'save it as CSV UTF-8 first'

const binary: [magic: number[], kind: Kind][] = [
  [[0x50, 0x41, 0x52, 0x31], { name: 'a Parquet file (PAR1)', remedy: 'write it as CSV first' }],
  [[0x50, 0x4b, 0x03, 0x04], { name: 'a ZIP archive', remedy: UNPACK_FIRST }],
  [[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1], { name: 'an Excel workbook (XLS)', remedy: SAVE }],
  [[0x1f, 0x8b], { name: 'gzip', remedy: UNPACK }],
  [[0x28, 0xb5, 0x2f, 0xfd], { name: 'zstd', remedy: UNPACK }],
  [[0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00], { name: 'xz', remedy: UNPACK_FIRST }],
  [[0x37, 0x7a, 0xbc, 0xaf, 0x27, 0x1c], { name: 'a 7-Zip archive', remedy: UNPACK_FIRST }],
  [[0x25, 0x50, 0x44, 0x46], { name: 'a PDF', remedy: 'write its tables as CSV first' }],
  [[0x89, 0x50, 0x4e, 0x47], { name: 'a picture (PNG)', remedy: 'choose another file' }],
  [[0xff, 0xd8, 0xff], { name: 'a picture (JPEG)', remedy: 'choose another file' }],
]

/** The marks of the encodings: a longer one stands before one that it begins with. */
const marks: [mark: number[], encoding: string][] = [
  [[0xff, 0xfe, 0, 0], 'UTF-32LE'],
  [[0, 0, 0xfe, 0xff], 'UTF-32BE'],
  [[0xff, 0xfe], 'UTF-16LE'],
  [[0xfe, 0xff], 'UTF-16BE'],
]

/** Which of the first four bytes are zero without a mark: the file begins with one or two characters of ASCII. */
const zeros: Record<string, string> = {
  x000: 'UTF-32LE',
  '000x': 'UTF-32BE',
  x0x0: 'UTF-16LE',
  '0x0x': 'UTF-16BE',
}

const NOT_IN_WINDOWS_1252 = [0x81, 0x8d, 0x8f, 0x90, 0x9d]

/** The start of JSON text, as far as a CSV does not begin like that: columns may be called `[id]` and `{x}`. */
const JSON_START = /^\s*(\{\s*("|\}|$)|\[\s*([{["\]]|-?\d[\d.eE+-]*\s*,|(true|false|null)\b|$))/
/** `BZh` alone may be the name of a column: the size of the blocks follows, then the mark of the first block. */
const BZIP2_START = /^BZh[1-9]1AY&SY/
const HTML_START = /^\s*<(!doctype\s+html|html|head|body|table)\b/i

/** What a file that begins with these bytes is instead of CSV; undefined if it can be CSV. */
export function foreignKind(bytes: Uint8Array): Kind | undefined {
  const encoding = encodingOf(bytes)
  if (encoding) {
    const flag = encoding.startsWith('UTF-16')
      ? `, or upload with \`--encoding ${encoding.toLowerCase()}\``
      : ''
    return { name: `${encoding} text`, remedy: `convert it to UTF-8${flag}` }
  }
  const text = textOf(bytes)
  if (HTML_START.test(text))
    return { name: 'an HTML page', remedy: 'look at what the page says, or save its table as CSV' }
  if (JSON_START.test(text)) return { name: 'JSON', remedy: 'write it as CSV first' }
  if (BZIP2_START.test(text)) return { name: 'bzip2', remedy: UNPACK_FIRST }
  const [, kind] = binary.find(([magic]) => beginsWith(bytes, magic)) ?? []
  const isWorkbook = kind?.name === 'a ZIP archive' && text.includes('[Content_Types].xml')
  return isWorkbook ? { name: 'an Excel workbook (XLSX)', remedy: SAVE } : kind
}

function encodingOf(bytes: Uint8Array): string | undefined {
  const [, marked] = marks.find(([mark]) => beginsWith(bytes, mark)) ?? []
  return marked ?? zeros[Array.from(bytes.subarray(0, 4), byte => (byte === 0 ? '0' : 'x')).join('')]
}

function beginsWith(bytes: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, i) => bytes[i] === byte)
}

/** As Latin-1, without a byte order mark. */
function textOf(bytes: Uint8Array): string {
  const from = hasByteOrderMark(bytes) ? BYTE_ORDER_MARK_BYTES : 0
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1', from)
}

/** For a message about bytes that are not UTF-8: what they are, what was expected, and what helps. */
export function notUtf8(bytes: Uint8Array): string {
  const isText = bytes.every(
    byte => byte >= 0x20 || byte === 0x09 || byte === LINE_FEED || byte === CARRIAGE_RETURN,
  )
  if (!isText || bytes.some(byte => NOT_IN_WINDOWS_1252.includes(byte)))
    return 'not UTF-8, expected UTF-8 text'
  const text = shown(new TextDecoder('windows-1252').decode(bytes.subarray(0, 1000)))
  return `not UTF-8 but windows-1252 ("${text}"), expected UTF-8 text: convert, or upload with \`--encoding windows-1252\``
}

/** How the lines of a file end that has a CR which no LF follows. `start`: its first bytes; `at`: those from that CR on. */
export function lineEndsOf(start: Uint8Array, at: Uint8Array): string {
  if (beginsWith(at, [CARRIAGE_RETURN, CARRIAGE_RETURN, LINE_FEED]))
    return 'line ends are CR CR LF: convert them to LF'
  let alone = 0
  let lineFeeds = 0
  start.forEach((byte, i) => {
    if (byte === LINE_FEED) lineFeeds++
    else if (byte === CARRIAGE_RETURN && start[i + 1] !== LINE_FEED) alone++
  })
  return alone > lineFeeds
    ? 'line ends are CR alone: convert, or upload with `--line-end cr`'
    : 'put a field that has a CR in quotes'
}

/** What separates fields in other dialects. */
export const separators = [
  [';', 'a semicolon'],
  ['\t', 'a tab'],
  ['|', 'a vertical bar'],
] as const

/** A name that people hardly give to the first column: a file without a header begins with such a field. */
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i

/** Warnings about a file with such names whose first lines are in `start`: it is valid, but looks like another dialect. */
export function dialectWarnings(names: readonly string[], start: Uint8Array, whole: boolean): string[] {
  const [first = ''] = names
  if (first.startsWith('sep=')) {
    const advice =
      'remove it, and if the separator is no comma, `table-cli upload --delimiter` translates the file'
    return [
      `the file begins with "${shown(first)}", a line by which Excel knows the separator, and which is taken for the header here: ${advice}`,
    ]
  }
  if (NUMBER.test(first))
    return [
      `the first column is called "${shown(first)}": if the file has no header, its first line is no row of the table, and \`table-cli upload --columns\` names the columns`,
    ]
  if (names.length > 1) return []
  const text = textOf(start)
  const lines = (whole ? text : text.slice(0, text.lastIndexOf('\n')))
    .split('\n')
    .filter(line => line.trim() !== '')
  return separators
    .filter(([separator]) => lines.length > 0 && lines.every(line => line.includes(separator)))
    .map(
      ([, what]) =>
        `the file is stored as one column, "${shown(first)}", but each of its first lines has ${what}: if that separates fields, \`table-cli upload --delimiter\` translates the file`,
    )
}
