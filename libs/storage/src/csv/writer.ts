import { StorageError } from '../errors.ts'
import { COMMA, LINE_FEED, QUOTE } from './dialect.ts'

export type Field = string | number | bigint | boolean | null

const MINUS = 45
const DIGIT_ZERO = 48
const INITIAL_CAPACITY = 64 * 1024
/** The digits of the largest safe integer, and a sign. */
const LONGEST_INTEGER = 17

/**
 * What the reader would take for structure, and a byte order mark at the start of the file, which the reader
 * would drop.
 */
const NEEDS_QUOTES = /[",\r\n]|^\uFEFF/

const encoder = new TextEncoder()

/**
 * Writes CSV (RFC 4180, UTF-8, lines end in LF) into memory, with the header first.
 *
 * Fields are quoted only if the reader needs it. `null` becomes the empty field and the empty text becomes
 * `""`, so that both read back as they were. In a single column `null` becomes `""` too, because a blank line
 * is not a record.
 */
export class CsvWriter {
  #buffer = new Uint8Array(INITIAL_CAPACITY)
  #length = 0
  readonly #columns: number
  #records = 0

  constructor(header: readonly string[]) {
    if (header.length === 0) throw new StorageError('invalid', 'the header has no columns: give at least one')
    this.#columns = header.length
    this.#writeLine(header)
  }

  /** Writes a record. Throws StorageError `invalid` if the record does not have as many fields as the header. */
  writeRecord(fields: readonly Field[]): void {
    this.#records++
    if (fields.length !== this.#columns) {
      const found = `record ${this.#records} has ${fields.length} fields`
      throw new StorageError('invalid', `${found}, expected ${this.#columns} as in the header`)
    }
    this.#writeLine(fields)
  }

  /** Returns a view of everything written so far and not taken, valid until the next write. */
  bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length)
  }

  /** Hands over what was written since the last call: a view, valid until the next write. */
  take(): Uint8Array {
    const taken = this.bytes()
    this.#length = 0
    return taken
  }

  #writeLine(fields: readonly Field[]): void {
    for (let column = 0; column < fields.length; column++) {
      if (column > 0) this.#buffer[this.#length++] = COMMA
      this.#writeField(fields[column] as Field)
    }
    this.#buffer[this.#length++] = LINE_FEED
  }

  #writeField(field: Field): void {
    if (Number.isSafeInteger(field)) this.#writeInteger(field as number)
    else if (field !== null) this.#writeText(String(field), field === '')
    else this.#writeText('', this.#columns === 1)
  }

  #writeInteger(value: number): void {
    this.#reserve(LONGEST_INTEGER)
    const buffer = this.#buffer
    if (value < 0) buffer[this.#length++] = MINUS
    let rest = Math.abs(value)
    this.#length += countDigits(rest)
    let position = this.#length
    do {
      const tens = Math.floor(rest / 10)
      buffer[--position] = DIGIT_ZERO + (rest - tens * 10)
      rest = tens
    } while (rest > 0)
  }

  #writeText(text: string, quoted: boolean): void {
    const needsQuotes = quoted || NEEDS_QUOTES.test(text)
    const escaped = needsQuotes ? text.replaceAll('"', '""') : text
    this.#reserve(escaped.length * 3 + 2)
    if (needsQuotes) this.#buffer[this.#length++] = QUOTE
    this.#length += encoder.encodeInto(escaped, this.#buffer.subarray(this.#length)).written
    if (needsQuotes) this.#buffer[this.#length++] = QUOTE
  }

  /** Makes room for a field of `bytes` bytes, and for the comma or line end after it. */
  #reserve(bytes: number): void {
    const needed = this.#length + bytes + 2
    if (needed <= this.#buffer.length) return
    const grown = new Uint8Array(Math.max(needed, this.#buffer.length * 2))
    grown.set(this.bytes())
    this.#buffer = grown
  }
}

function countDigits(value: number): number {
  let digits = 1
  for (let limit = 10; value >= limit; limit *= 10) digits++
  return digits
}
