import { isUtf8 } from 'node:buffer'
import { CsvError, parse } from 'csv-parse/sync'
import { StorageError } from '../errors.ts'
import { type OpenFile, readAt } from '../files.ts'
import { limits } from '../limits.ts'
import { dialect } from './dialect.ts'
import { explainProblem } from './explain.ts'

export interface Header {
  /** Column names in the file's order, each once. */
  names: string[]
  /** Where the first record after the header begins, in bytes from the start of the file. */
  end: number
}

const FIRST_READ = 8 * 1024

/** Reads the header record. Throws StorageError `invalid` where there is none or where it breaks a rule. */
export function readHeader(file: OpenFile): Header {
  for (let size = FIRST_READ; ; size *= 4) {
    const bytes = Buffer.alloc(Math.min(size, limits.headerBytes + 1, file.size))
    const whole = readAt(file, bytes, 0) === file.size
    const header = firstRecord(file, bytes, whole)
    if (header) return checked(header, bytes)
    if (whole) throw new StorageError('invalid', 'line 1: found no header, expected a line of column names')
    if (bytes.length > limits.headerBytes) throw tooLong(`of over ${limits.headerBytes}`)
  }
}

/** The first record; undefined if `bytes` do not hold all of it. */
function firstRecord(file: OpenFile, bytes: Buffer, whole: boolean): Header | undefined {
  try {
    const records: unknown[] = parse(bytes, { ...dialect, to: 1, info: true })
    const first = records[0] as { record: string[]; info: { bytes: number } } | undefined
    if (!first || (first.info.bytes === bytes.length && !whole)) return undefined
    return { names: first.record, end: first.info.bytes }
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    if (error.code === 'CSV_QUOTE_NOT_CLOSED' && !whole) return undefined
    throw explainProblem(file, 0, 1)
  }
}

function tooLong(bytes: string): StorageError {
  const limit = `expected at most ${limits.headerBytes}`
  return new StorageError('invalid', `line 1: found a header ${bytes} bytes, ${limit}`)
}

function checked(header: Header, bytes: Uint8Array): Header {
  if (!isUtf8(bytes.subarray(0, header.end))) {
    throw new StorageError('invalid', 'line 1: found a column name that is not UTF-8, expected UTF-8')
  }
  if (header.end > limits.headerBytes) throw tooLong(`of ${header.end}`)
  if (header.names.length > limits.columns) {
    const found = `found ${header.names.length} columns`
    throw new StorageError('invalid', `line 1: ${found}, expected at most ${limits.columns}`)
  }
  const seen = new Map<string, number>()
  header.names.forEach((name, index) => {
    const before = seen.get(name)
    if (before !== undefined) {
      const where = `columns ${before + 1} and ${index + 1}`
      throw new StorageError('invalid', `line 1: found the name "${name}" twice (${where}), expected it once`)
    }
    seen.set(name, index)
  })
  return header
}
