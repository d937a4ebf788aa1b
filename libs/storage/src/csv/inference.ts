import { parseBoolean } from './booleans.ts'
import { parseDouble } from './doubles.ts'
import { parseInt64 } from './integers.ts'
import type { Block } from './records.ts'
import { parseDate, parseTimestamp } from './times.ts'

/** What a column holds. `timestamp` has no zone (local time), `timestamp-utc` is a point in time. */
export type ColumnType = 'int64' | 'double' | 'boolean' | 'date' | 'timestamp' | 'timestamp-utc' | 'text'

export interface Column {
  name: string
  type: ColumnType
}

/** In order of preference: a column is the first of these that all of its fields can be. */
const TYPES: readonly ColumnType[] = [
  'int64',
  'double',
  'boolean',
  'date',
  'timestamp',
  'timestamp-utc',
  'text',
]

const [INT64, DOUBLE, BOOLEAN, DATE, TIMESTAMP, TIMESTAMP_UTC, TEXT] = TYPES.map((_, i) => 1 << i) as [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]
const ANY = (1 << TYPES.length) - 1
const QUOTE = 0x22

/** Finds out the type of each column from all the fields it is shown. */
export class Inference {
  readonly #possible: Uint8Array

  constructor(columns: number) {
    this.#possible = new Uint8Array(columns).fill(ANY)
  }

  add({ bytes, bounds, records, columns }: Block): void {
    for (let column = 0; column < columns; column++) {
      let possible = this.#possible[column]
      for (let i = 2 * column, r = 0; r < records && possible !== TEXT; r++, i += 2 * columns) {
        possible &= typesOf(bytes, bounds[i], bounds[i + 1])
      }
      this.#possible[column] = possible
    }
  }

  types(): ColumnType[] {
    return Array.from(this.#possible, possible => TYPES.find((_, i) => possible & (1 << i)) as ColumnType)
  }
}

const scratch = new Int32Array(2)

/** The set of types that one field can be: an unquoted empty field is null, which is of every type. */
function typesOf(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) return ANY
  if (bytes[start] === QUOTE) {
    start++
    end--
  }
  const int64 = parseInt64(bytes, start, end, scratch, 0)
  if (int64 && end - start <= 15) return INT64 | DOUBLE | TEXT
  if (parseDouble(bytes, start, end) !== undefined) return (int64 ? INT64 : 0) | DOUBLE | TEXT
  if (int64) return INT64 | TEXT
  if (parseDate(bytes, start, end) !== undefined) return DATE | TIMESTAMP | TEXT
  const timestamp = parseTimestamp(bytes, start, end)
  if (timestamp) return (timestamp.zoned ? TIMESTAMP_UTC : TIMESTAMP) | TEXT
  return parseBoolean(bytes, start, end) === undefined ? TEXT : BOOLEAN | TEXT
}
