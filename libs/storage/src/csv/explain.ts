// Reads a CSV file the plain way, to do what the kernels do not: say where and why a rule is broken.
import { damagedFile, StorageError } from '../errors.ts'
import { type OpenFile, readAt } from '../files.ts'
import { MAX_RECORD_BYTES } from '../limits.ts'
import {
  BYTE_ORDER_MARK_BYTES,
  CARRIAGE_RETURN,
  hasByteOrderMark,
  LINE_FEED,
  QUOTE,
  strayCarriageReturn,
} from './dialect.ts'
import { lineEndsOf } from './otherFormats.ts'
import { problemText } from './problems.ts'
import { type ScanProblem, scanRecords } from './scanner.ts'

/** Whole records in memory. `bounds` holds two numbers for each field, record by record: see `scanRecords`. */
export interface Block {
  readonly bytes: Uint8Array
  readonly bounds: Int32Array
  readonly records: number
  readonly columns: number
}

/** Reads a CSV file block by block. */
export class RecordReader implements Block {
  bytes: Uint8Array
  bounds: Int32Array
  records = 0
  readonly columns: number

  readonly #file: OpenFile
  #position: number // in the file, of bytes[0]
  #from = 0
  #to = 0

  /**
   * Begins at a record: at `position`, or after the byte order mark if the file begins with one. A block has
   * up to `blockBytes` bytes, or more for a longer record, and up to `blockFields` fields.
   */
  constructor(
    file: OpenFile,
    position: number,
    columns: number,
    blockBytes = 128 * 1024,
    blockFields = 32 * 1024,
  ) {
    this.#file = file
    this.#position = position
    this.columns = columns
    this.bytes = new Uint8Array(blockBytes + 1)
    this.bounds = new Int32Array(2 * Math.max(blockFields, columns))
  }

  /**
   * Moves on to the next block. Returns false after the last block. Throws StorageError `invalid`, with the
   * line, if the file breaks a rule; by then the records before it have been returned.
   */
  next(): boolean {
    const file = this.#file
    for (;;) {
      const last = this.#position + this.#to >= file.size
      const scan = scanRecords(this.bytes, this.#from, this.#to, last, this.columns, this.bounds)
      this.records = scan.records
      this.#from = scan.next
      if (scan.records > 0) return true
      if (scan.problem) {
        const { kind, position, fieldsFound } = scan.problem
        throw this.#strayEnd(position, last) ?? this.#error(kind, position, fieldsFound)
      }
      if (last) return false
      this.#refill(file)
    }
  }

  /** Returns the position in the file of a byte of this block. */
  filePosition(index: number): number {
    return this.#position + index
  }

  /** The scanner puts its line feed into the last byte. */
  get #capacity(): number {
    return this.bytes.length - 1
  }

  /** Moves the incomplete record to the front and reads more after it. */
  #refill(file: OpenFile): void {
    const rest = this.#to - this.#from
    if (rest === this.#capacity) {
      if (rest >= MAX_RECORD_BYTES) {
        const line = lineAt(file, this.filePosition(this.#from))
        const limit = `expected at most ${MAX_RECORD_BYTES}`
        throw new StorageError('invalid', `line ${line}: found a record of over ${rest} bytes, ${limit}`)
      }
      const larger = new Uint8Array(2 * rest + 1)
      larger.set(this.bytes)
      this.bytes = larger
    } else {
      this.bytes.copyWithin(0, this.#from, this.#to)
    }
    this.#position += this.#from
    this.#from = 0
    const read = readAt(file, this.bytes.subarray(rest, this.#capacity), this.#position + rest)
    if (read === 0) throw damagedFile(file.path, 'became shorter while it was read')
    this.#to = rest + read
    if (this.#position === 0 && this.#to >= BYTE_ORDER_MARK_BYTES && hasByteOrderMark(this.bytes))
      this.#from = BYTE_ORDER_MARK_BYTES
  }

  /** The error for a CR without LF in the record at `index`: line ends of another kind are why most other rules break. */
  #strayEnd(index: number, last: boolean): StorageError | undefined {
    this.bytes[this.#to] = 0 // the scanner's line feed
    const stray = strayCarriageReturn(this.bytes, index, last ? this.#to : this.#to - 1)
    return stray < 0 ? undefined : explainLineEnd(this.#file, this.filePosition(stray))
  }

  #error(kind: ScanProblem, index: number, fieldsFound: number): StorageError {
    const line = lineAt(this.#file, this.filePosition(index))
    const problem = problemText(kind, fieldsFound, this.columns, this.bytes.subarray(index, this.#to))
    return new StorageError('invalid', `line ${line}${problem}`)
  }
}

/**
 * Returns the StorageError for the first rule that the file breaks at or after `position`, where a record of
 * `columns` fields begins.
 */
export function explainProblem(file: OpenFile, position: number, columns: number): Error {
  const reader = new RecordReader(file, position, columns)
  try {
    while (reader.next());
  } catch (error) {
    return error as Error
  }
  return new Error(`${file.path}: found a broken record behind byte ${position}, and then found it whole`)
}

/** The StorageError for the CR at `position`, which no LF follows. */
export function explainLineEnd(file: OpenFile, position: number): StorageError {
  const start = Buffer.alloc(Math.min(file.size, 8 * 1024))
  const at = Buffer.alloc(Math.min(file.size - position, 3))
  readAt(file, start, 0)
  readAt(file, at, position)
  return new StorageError(
    'invalid',
    `line ${lineAt(file, position)}: found a CR that no LF follows, expected LF or CRLF: ${lineEndsOf(start, at)}`,
  )
}

/** The same for the first such CR at or behind `position`, where a record of `columns` fields begins. */
export function explainLineEnds(file: OpenFile, position: number, columns: number): Error {
  for (const { bytes, position: start } of fieldsFrom(file, position, columns)) {
    const at = bytes[0] === QUOTE ? -1 : bytes.indexOf(CARRIAGE_RETURN)
    if (at >= 0) return explainLineEnd(file, start + at)
  }
  return new Error(`${file.path}: found a CR without LF behind byte ${position}, and then found none`)
}

export interface Field {
  column: number
  /** The field with its quotes. */
  bytes: Uint8Array
  /** The position of the first byte in the file. */
  position: number
}

/** Yields the fields at and after `position`, where a record of `columns` fields begins. */
export function* fieldsFrom(file: OpenFile, position: number, columns: number): Generator<Field> {
  const reader = new RecordReader(file, position, columns)
  while (reader.next()) {
    for (let i = 0; i < reader.records * columns; i++) {
      const start = reader.bounds[2 * i] as number
      yield {
        column: i % columns,
        bytes: reader.bytes.subarray(start, reader.bounds[2 * i + 1]),
        position: reader.filePosition(start),
      }
    }
  }
}

/** Returns the line, from 1, of a byte of a file. Counts from the start of the file, so use it only for messages. */
export function lineAt(file: OpenFile, position: number): number {
  return 1 + lineFeedsBetween(file, 0, position)
}

/** Counts the line feeds of a part of a file. */
export function lineFeedsBetween(file: OpenFile, from: number, to: number): number {
  const buffer = new Uint8Array(64 * 1024)
  let count = 0
  for (let done = from; done < to; ) {
    const read = readAt(file, buffer.subarray(0, Math.min(buffer.length, to - done)), done)
    if (read === 0) break
    for (let i = 0; i < read; i++) if (buffer[i] === LINE_FEED) count++
    done += read
  }
  return count
}
