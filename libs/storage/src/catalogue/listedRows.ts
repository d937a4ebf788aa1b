// Reads the rows of all uploads for the list in memory. A start does this with a million rows, so rows come in
// windows of bytes, and no field becomes a text.
import { crc32 } from 'node:zlib'
import { read } from './connection.ts'
import { damagedRow, uploadText } from './tables.ts'
import type { ListedUpload } from './uploadList.ts'

/** The rows of a window. Fetching rows one by one would take twice as long. */
const ROWS = 256
const windowOfRows = `
  SELECT max(id) AS last, CAST(group_concat(checksum || ',' || octet_length(text) || ',' || text, '') AS BLOB) AS bytes FROM
    (SELECT id, checksum, ${uploadText} AS text FROM uploads WHERE id > ? ORDER BY id LIMIT ${ROWS})`

/** How many damaged rows a message names. */
const NAMED = 5

const [MINUS, ZERO, OPEN] = Buffer.from('-0[')

/**
 * Yields all committed uploads in ascending order. Throws StorageError `damaged` with the numbers of the
 * uploads whose rows are damaged.
 */
export function* eachListed(dataDir: string): Generator<ListedUpload> {
  const damaged: number[] = []
  for (let last = 0; ; ) {
    const { last: next, bytes } = read(dataDir, ({ prepared }) => prepared(windowOfRows).get(last)) as {
      last: number | null
      bytes: Uint8Array
    }
    if (next === null) break
    last = next
    for (const window = new Fields(bytes); !window.isAtEnd; ) {
      const checksum = window.number()
      const text = window.take(window.number())
      const fields = new Fields(text)
      if (crc32(text) === checksum) yield listedOf(fields)
      else damaged.push(fields.number())
    }
  }
  if (damaged.length === 0) return
  const more = damaged.length > NAMED ? ` and ${damaged.length - NAMED} more` : ''
  throw damagedRow(dataDir, `the row of upload ${damaged.slice(0, NAMED).join(', ')}${more}`)
}

/** Makes a listed upload from the text of a row, as `uploadText` makes it. */
function listedOf(fields: Fields): ListedUpload {
  const id = fields.number()
  const rows = fields.number()
  const csvBytes = fields.number()
  const parquetBytes = fields.number()
  const footerBytes = fields.number()
  const footerCrc = fields.number()
  const rowGroups = fields.number()
  const schema = fields.number()
  const receivedAt = fields.time()
  const csvCuts = fields.lastArray()
  return { id, receivedAt, rows, csvBytes, parquetBytes, footerBytes, footerCrc, rowGroups, schema, csvCuts }
}

/** Fields that are separated by commas. */
class Fields {
  readonly #bytes: Uint8Array
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length
  }

  /** Returns so many bytes. No separator follows them. */
  take(count: number): Uint8Array {
    this.#at += count
    return this.#bytes.subarray(this.#at - count, this.#at)
  }

  /** Reads a whole number. */
  number(): number {
    const isNegative = this.#bytes[this.#at] === MINUS
    if (isNegative) this.#at++
    const value = this.#digits()
    return isNegative ? -value : value
  }

  /** Reads a time such as 2026-11-28T12:30:00.250Z, in milliseconds since 1970. */
  time(): number {
    return Date.UTC(
      this.#digits(),
      this.#digits() - 1,
      this.#digits(),
      this.#digits(),
      this.#digits(),
      this.#digits(),
      this.#digits(),
    )
  }

  /** Reads the JSON array of numbers at the end. */
  lastArray(): readonly number[] {
    if (this.#bytes.at(-2) === OPEN) return []
    return JSON.parse(Buffer.from(this.#bytes.subarray(this.#bytes.lastIndexOf(OPEN))).toString())
  }

  /** Reads digits, and skips the separator after them. */
  #digits(): number {
    const bytes = this.#bytes
    let value = 0
    for (; this.#at < bytes.length; this.#at++) {
      const digit = bytes[this.#at] - ZERO
      if (digit < 0 || digit > 9) break
      value = 10 * value + digit
    }
    this.#at++
    return value
  }
}
