import type { Options } from 'csv-parse/sync'

/**
 * Our dialect as options of csv-parse, which parses headers and judges our scanner in tests: RFC 4180, LF or
 * CRLF, a byte order mark dropped, blank lines skipped. Both find the same fields, but a CR that no LF follows
 * is refused by us alone.
 */
export const dialect = {
  bom: true,
  record_delimiter: ['\r\n', '\n'],
  skip_empty_lines: true,
} satisfies Options

export const QUOTE = 0x22
export const COMMA = 0x2c
export const LINE_FEED = 0x0a
export const CARRIAGE_RETURN = 0x0d

export const BYTE_ORDER_MARK_BYTES = 3

export function hasByteOrderMark(bytes: Uint8Array, at = 0): boolean {
  return bytes[at] === 0xef && bytes[at + 1] === 0xbb && bytes[at + 2] === 0xbf
}

/** Finds the first CR of a whole field, which no LF follows then. Returns -1 if there is none, or the field is in quotes. */
export function carriageReturnIn(field: Uint8Array): number {
  return field[0] === QUOTE ? -1 : field.indexOf(CARRIAGE_RETURN)
}

/** Finds the first CR outside quotes that no LF follows, in a record that begins at `from`. Returns -1 if there is none before `to`. */
export function strayCarriageReturn(bytes: Uint8Array, from: number, to: number): number {
  let quoted = false
  for (let i = from; i < to; i++) {
    const byte = bytes[i]
    if (byte === QUOTE) quoted = !quoted
    else if (quoted) continue
    else if (byte === LINE_FEED) return -1
    else if (byte === CARRIAGE_RETURN && bytes[i + 1] !== LINE_FEED) return i
  }
  return -1
}
