import { COMMA, CARRIAGE_RETURN as CR, LINE_FEED as LF, QUOTE } from './dialect.ts'

/** Why a scan cannot go on: the bytes break a rule of RFC 4180. */
export type ScanProblem = 'ragged' | 'unclosed quote' | 'quote inside a field' | 'text after a quote'

export interface Scan {
  /** The number of whole records. */
  records: number
  /** The position of the first byte that belongs to none of them. */
  next: number
  problem?: {
    kind: ScanProblem
    position: number
    fieldsFound: number
    /** Where the line of a ragged record ends. Of any other broken record, nobody knows for sure. */
    end?: number
  }
}

/**
 * Finds the fields of the whole records in `bytes[from, to)`, which begins with a record.
 *
 * `bounds` receives two numbers for each field: its start and its end (exclusive), including its quotes. An
 * unquoted field never starts with a quote, so `bytes[start] === '"'` tells the two kinds apart. Blank lines
 * are skipped. The scan stops before an incomplete record (unless `last` is set: then the bytes end the
 * file), before a record that does not fit into `bounds`, and at the first problem. `bounds` must have room
 * for one record. `bytes[to]` must exist: the scan puts a line feed there, so that no loop has to check for
 * the end.
 */
export function scanRecords(
  bytes: Uint8Array,
  from: number,
  to: number,
  last: boolean,
  columns: number,
  bounds: Int32Array,
): Scan {
  const room = bounds.length - 2 * columns
  bytes[to] = LF
  let records = 0
  let recordStart = from
  let out = 0
  while (recordStart < to && out <= room) {
    let i = recordStart
    let byte = bytes[i]
    if (byte === LF || (byte === CR && bytes[i + 1] === LF && i + 1 < to)) {
      recordStart += byte === LF ? 1 : 2
      continue
    }
    let field = 0
    for (;;) {
      const start = i
      let end: number
      if (byte === QUOTE) {
        end = closingQuote(bytes, i + 1, to)
        if (end >= to && !last) return { records, next: recordStart }
        if (end > to) return stopped(records, recordStart, 'unclosed quote', start, field)
        i = end
        if (bytes[i] === CR) {
          if (i + 1 === to && !last) return { records, next: recordStart }
          if (i + 1 < to && bytes[i + 1] === LF) i++
        }
        byte = bytes[i]
        if (byte !== COMMA && byte !== LF) {
          return stopped(records, recordStart, 'text after a quote', i, field)
        }
      } else {
        while (byte !== COMMA && byte !== LF) {
          if (byte === QUOTE) return stopped(records, recordStart, 'quote inside a field', i, field)
          do byte = bytes[++i]
          while (byte > COMMA)
        }
        if (i === to && !last) return { records, next: recordStart }
        end = byte === LF && i < to && bytes[i - 1] === CR ? i - 1 : i
      }
      if (field < columns) {
        bounds[out++] = start
        bounds[out++] = end
      }
      field++
      if (byte === LF) break
      byte = bytes[++i]
    }
    if (field !== columns) {
      const problem = {
        kind: 'ragged',
        position: recordStart,
        fieldsFound: field,
        end: Math.min(i + 1, to),
      } as const
      return { records, next: recordStart, problem }
    }
    records++
    recordStart = i + 1 // past the line end, or past the last byte
  }
  return { records, next: Math.min(recordStart, to) }
}

function stopped(
  records: number,
  next: number,
  kind: ScanProblem,
  position: number,
  fieldsFound: number,
): Scan {
  return { records, next, problem: { kind, position, fieldsFound } }
}

/**
 * Returns the position after the quote that closes a field, or a position beyond `to` if the field is still
 * open there.
 */
function closingQuote(bytes: Uint8Array, from: number, to: number): number {
  for (let i = from; i < to; i++) {
    if (bytes[i] !== QUOTE) continue
    if (bytes[i + 1] === QUOTE) i++
    else return i + 1
  }
  return to + 1
}
