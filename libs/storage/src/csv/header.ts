import { isUtf8 } from 'node:buffer'
import { parse } from 'csv-parse/sync'
import { StorageError } from '../errors.ts'
import { type OpenFile, readAt } from '../files.ts'
import { limits } from '../limits.ts'
import {
  BYTE_ORDER_MARK_BYTES,
  CARRIAGE_RETURN,
  dialect,
  hasByteOrderMark,
  LINE_FEED,
  strayCarriageReturn,
} from './dialect.ts'
import { explainLineEnd, explainProblem } from './explain.ts'
import { columnNames } from './names.ts'
import { dialectWarnings, foreignKind, notUtf8 } from './otherFormats.ts'
import { scanRecords } from './scanner.ts'

export interface Header {
  /** Column names in the file's order: each once, none empty. */
  names: readonly string[]
  /** Where the first record after the header begins, in bytes from the start of the file. */
  end: number
  /** What the uploader should know: which names were made, and whether the file looks like another dialect. */
  warnings: readonly string[]
}

const FIRST_READ = 8 * 1024

/** The short header that this thread parsed last. The next upload mostly begins with the same bytes. */
let last: { bytes: Buffer; header: Header } | undefined

/** Reads the header record. Throws StorageError `invalid` where there is none, where it breaks a rule, and where the file is no CSV. */
export function readHeader(file: OpenFile): Header {
  return readRecord(file, false)
}

/** Reads the header of a file that is stored: an earlier release may have taken one that is refused today. */
export function readStoredHeader(file: OpenFile): Header {
  return readRecord(file, true)
}

function readRecord(file: OpenFile, stored: boolean): Header {
  for (let size = FIRST_READ; ; size *= 4) {
    const bytes = Buffer.alloc(Math.min(size, limits.headerBytes + 1, file.size))
    const whole = readAt(file, bytes, 0) === file.size
    if (last && beginsWith(bytes, last.bytes) && isAllowed(last.header))
      return withDialect(last.header, bytes, whole)
    if (!stored) refuseForeign(file, bytes, whole)
    const columns = countColumns(file, bytes, whole)
    if (columns > limits.columns) throw tooMany(bytes, columns)
    if (columns > 0) {
      const header = checked(parseHeader(bytes), bytes)
      if (!stored) remember(refuseNul(header, bytes), bytes)
      return withDialect(header, bytes, whole)
    }
    if (whole) throw new StorageError('invalid', 'line 1: found no header, expected a line of column names')
    if (bytes.length > limits.headerBytes) throw tooLong(bytes, `of over ${limits.headerBytes}`)
  }
}

function beginsWith(bytes: Buffer, start: Buffer): boolean {
  return bytes.length >= start.length && bytes.compare(start, 0, start.length, 0, start.length) === 0
}

function isAllowed({ names, end }: Header): boolean {
  return names.length <= limits.columns && end <= limits.headerBytes
}

/** Remembers a short header. Without its line end, the same bytes could begin a longer header. */
function remember(header: Header, bytes: Buffer): void {
  if (header.end <= FIRST_READ && bytes[header.end - 1] === LINE_FEED)
    last = { bytes: Buffer.from(bytes.subarray(0, header.end)), header }
}

function withDialect(header: Header, bytes: Buffer, whole: boolean): Header {
  const warnings = dialectWarnings(header.names, bytes.subarray(0, FIRST_READ), whole)
  return warnings.length === 0 ? header : { ...header, warnings: [...warnings, ...header.warnings] }
}

function refuseForeign(file: OpenFile, bytes: Buffer, whole: boolean): void {
  const kind = foreignKind(bytes.subarray(0, FIRST_READ))
  if (kind) throw new StorageError('invalid', `line 1: found ${kind.name}, expected CSV: ${kind.remedy}`)
  const end = whole ? bytes.length : bytes.length - 1
  const stray = strayCarriageReturn(bytes, headerStart(bytes), end)
  if (stray >= 0) throw explainLineEnd(file, stray)
}

/**
 * Returns the number of columns of the first record, or 0 if `bytes` do not hold the whole record. Parsing
 * the names to find out would take many times their memory.
 */
function countColumns(file: OpenFile, bytes: Buffer, whole: boolean): number {
  const from = hasByteOrderMark(bytes) ? BYTE_ORDER_MARK_BYTES : 0
  const withRoom = Buffer.alloc(bytes.length + 1)
  withRoom.set(bytes)
  const { records, problem } = scanRecords(withRoom, from, bytes.length, whole, 1, new Int32Array(2))
  if (problem && problem.kind !== 'ragged') throw explainProblem(file, 0, 1)
  return problem?.fieldsFound ?? records
}

function parseHeader(bytes: Buffer): Header {
  const [first] = parse(bytes, { ...dialect, to: 1, info: true }) as unknown[]
  const { record, info } = first as { record: string[]; info: { bytes: number } }
  return { ...columnNames(record), end: info.bytes }
}

function tooMany(bytes: Uint8Array, columns: number): StorageError {
  return invalid(bytes, headerStart(bytes), `found ${columns} columns, expected at most ${limits.columns}`)
}

function tooLong(bytes: Uint8Array, size: string): StorageError {
  const problem = `found a header ${size} bytes, expected at most ${limits.headerBytes}`
  return invalid(bytes, headerStart(bytes), problem)
}

function checked(header: Header, bytes: Uint8Array): Header {
  if (!isUtf8(bytes.subarray(0, header.end))) {
    const starts = nameStarts(header, bytes)
    const column = starts.findLastIndex(start => isUtf8(bytes.subarray(0, start)))
    const name = bytes.subarray(starts[column], starts[column + 1] ?? header.end)
    throw invalid(bytes, starts[column] as number, `found a column name that is ${notUtf8(name)}`)
  }
  if (header.end > limits.headerBytes) throw tooLong(bytes, `of ${header.end}`)
  return header
}

function refuseNul(header: Header, bytes: Uint8Array): Header {
  const column = header.names.findIndex(name => name.includes('\0'))
  if (column < 0) return header
  const start = nameStarts(header, bytes)[column] as number
  throw invalid(bytes, start, `found a NUL byte in the name of column ${column + 1}, expected text`)
}

/** Makes the error for the byte at `position`, with its line. `bytes` begin at the start of the file. */
function invalid(bytes: Uint8Array, position: number, problem: string): StorageError {
  let line = 1
  for (let i = 0; i < position; i++) if (bytes[i] === LINE_FEED) line++
  return new StorageError('invalid', `line ${line}: ${problem}`)
}

/** Returns where the first record begins, after a byte order mark and blank lines. */
function headerStart(bytes: Uint8Array): number {
  let at = hasByteOrderMark(bytes) ? BYTE_ORDER_MARK_BYTES : 0
  for (;;) {
    if (bytes[at] === LINE_FEED) at++
    else if (bytes[at] === CARRIAGE_RETURN && bytes[at + 1] === LINE_FEED) at += 2
    else return at
  }
}

/** Returns where each name begins. */
function nameStarts({ names, end }: Header, bytes: Uint8Array): number[] {
  const bounds = new Int32Array(2 * names.length)
  const withRoom = new Uint8Array(end + 1)
  withRoom.set(bytes.subarray(0, end))
  scanRecords(withRoom, headerStart(bytes), end, true, names.length, bounds)
  return names.map((_name, i) => bounds[2 * i] as number)
}
