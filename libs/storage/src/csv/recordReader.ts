import { damagedFile } from '../errors.ts'
import { type OpenFile, readAt } from '../files.ts'
import { MAX_RECORD_BYTES } from '../limits.ts'
import { BYTE_ORDER_MARK_BYTES, hasByteOrderMark, strayCarriageReturn } from './dialect.ts'
import { lineBehind } from './lines.ts'
import { lineEndText, type Problem, problemText, refusal } from './problems.ts'
import { type Scan, scanRecords } from './scanner.ts'

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
    const found = this.read()
    if (typeof found === 'boolean') return found
    throw refusal(this.#file, found)
  }

  /** The same, but returns the problem if the next record breaks a rule. `skipTo` passes over that record. */
  read(): boolean | Problem {
    for (;;) {
      const last = this.#position + this.#to >= this.#file.size
      const scan = scanRecords(this.bytes, this.#from, this.#to, last, this.columns, this.bounds)
      this.records = scan.records
      this.#from = scan.next
      if (scan.records > 0) return true
      if (scan.problem) return this.#problem(scan.problem, last)
      if (last) return false
      const tooLong = this.#refill(this.#file)
      if (tooLong) return tooLong
    }
  }

  /** Goes on at a position in the file that is not before this block. */
  skipTo(position: number): void {
    const index = position - this.#position
    if (index <= this.#to) this.#from = index
    else {
      this.#position = position
      this.#from = 0
      this.#to = 0
    }
  }

  /** The position in the file at which the next block begins. */
  get end(): number {
    return this.filePosition(this.#from)
  }

  /** Returns the position in the file of a byte of this block. */
  filePosition(index: number): number {
    return this.#position + index
  }

  /** The scanner puts its line feed into the last byte. */
  get #capacity(): number {
    return this.bytes.length - 1
  }

  /** Moves the incomplete record to the front and reads more after it. Returns the problem if the record is too long. */
  #refill(file: OpenFile): Problem | undefined {
    const rest = this.#to - this.#from
    if (rest === this.#capacity) {
      if (rest >= MAX_RECORD_BYTES) {
        const record = this.filePosition(this.#from)
        const text = `: found a record of over ${rest} bytes, expected at most ${MAX_RECORD_BYTES}`
        return { record, position: record, text, next: undefined }
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
    return undefined
  }

  #problem({ kind, position, fieldsFound, end }: NonNullable<Scan['problem']>, last: boolean): Problem {
    const record = this.filePosition(this.#from)
    const at = this.filePosition(position)
    const next =
      kind === 'unclosed quote'
        ? undefined
        : end === undefined
          ? lineBehind(this.#file, at)
          : this.filePosition(end)
    const stray = this.#strayEnd(position, last)
    if (stray !== undefined) return { record, position: stray, text: lineEndText(this.#file, stray), next }
    const text = problemText(kind, fieldsFound, this.columns, this.bytes.subarray(position, this.#to))
    return { record, position: at, text, next }
  }

  /** Finds a CR without LF in the record at `index`: line ends of another kind are why most other rules break. */
  #strayEnd(index: number, last: boolean): number | undefined {
    this.bytes[this.#to] = 0 // the scanner's line feed
    const stray = strayCarriageReturn(this.bytes, index, last ? this.#to : this.#to - 1)
    return stray < 0 ? undefined : this.filePosition(stray)
  }
}
