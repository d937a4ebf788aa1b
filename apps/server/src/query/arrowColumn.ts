// Columns of a record batch, made of DuckDB's vectors. Where a type has a buffer in both, bytes are copied and no
// value of JavaScript is made.

import {
  type DuckDBDataChunk,
  type DuckDBDecimalType,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBVector,
} from '@duckdb/node-api'
import duckdb from '@duckdb/node-bindings'
import { type ArrowColumn, type ArrowType, UnfitAnswer } from '@table/arrow'
import { GrowingBits, GrowingBytes } from './growingBytes.ts'
import { numbered, textOf } from './nested.ts'
import { typedValues } from './typedValues.ts'

/** The largest whole number of 38 digits, the most that a decimal of 128 bits has. */
const MOST_DECIMAL = 10n ** 38n - 1n
/** The upper 32 bits of `MOST_DECIMAL`. */
const MOST_UPPER = Number(MOST_DECIMAL >> 96n)

interface Vector {
  raw: duckdb.Vector
  rows: number
  chunk: DuckDBDataChunk
  column: number
}

/** Adds the values of a vector. */
type Append = (values: GrowingBytes, vector: Vector, valid: Uint8Array | undefined) => void

interface Layout {
  type: ArrowType
  /** Undefined: the column has text, and `append` adds the bytes of each value through `texts`. */
  append: Append | undefined
  /** Adds the bytes of each value to `values`, and where each ends to `ends`. */
  texts?: (values: GrowingBytes, ends: Int32Array, vector: Vector, valid: Uint8Array | undefined) => void
}

export class GrowingColumn {
  readonly type: ArrowType
  readonly #layout: Layout
  readonly #valid = new GrowingBits()
  readonly #values = new GrowingBytes()
  /** Where each text ends, after a first 0. */
  readonly #ends = new GrowingBytes()

  constructor(type: DuckDBType) {
    this.#layout = layoutOf(type)
    this.type = this.#layout.type
    this.clear()
  }

  append(chunk: DuckDBDataChunk, column: number): void {
    const rows = chunk.rowCount
    const raw = duckdb.data_chunk_get_vector(chunk.chunk, column)
    const valid = duckdb.vector_get_validity(raw, 8 * Math.ceil(rows / 64)) ?? undefined
    const vector = { raw, rows, chunk, column }
    this.#valid.append(valid, rows)
    const { append, texts } = this.#layout
    append?.(this.#values, vector, valid)
    if (!texts) return
    const at = this.#ends.extend(4 * rows)
    const { memory } = this.#ends
    texts(this.#values, new Int32Array(memory.buffer, memory.byteOffset + at, rows), vector, valid)
  }

  get bytes(): number {
    return this.#values.length + this.#ends.length
  }

  /** The rows of the column so far. Valid until the next `append` or `clear`. */
  get column(): ArrowColumn {
    const { type } = this
    const ends = this.#ends.content
    return {
      type,
      values: typedValues(type, this.#values.content),
      offsets: this.#layout.texts && new Int32Array(ends.buffer, 0, ends.length / 4),
      valid: this.#valid.zeros > 0 ? this.#valid.content : undefined,
      firstBit: 0,
    }
  }

  clear(): void {
    this.#valid.clear()
    this.#values.length = 0
    this.#ends.length = 0
    if (!this.#layout.texts) return
    const at = this.#ends.extend(4)
    this.#ends.memory.fill(0, at, at + 4)
  }
}

function layoutOf(type: DuckDBType): Layout {
  const int = (bits: number, signed = true): Layout => fixed(bits / 8, { name: 'int', bits, signed })
  const time = (unit: 's' | 'ms' | 'us' | 'ns', utc = false) => fixed(8, { name: 'timestamp', unit, utc })
  switch (type.typeId) {
    case DuckDBTypeId.BOOLEAN:
      return { type: { name: 'bool' }, append: appendBooleans() }
    case DuckDBTypeId.TINYINT:
      return int(8)
    case DuckDBTypeId.SMALLINT:
      return int(16)
    case DuckDBTypeId.INTEGER:
      return int(32)
    case DuckDBTypeId.BIGINT:
      return int(64)
    case DuckDBTypeId.UTINYINT:
      return int(8, false)
    case DuckDBTypeId.USMALLINT:
      return int(16, false)
    case DuckDBTypeId.UINTEGER:
      return int(32, false)
    case DuckDBTypeId.UBIGINT:
      return int(64, false)
    case DuckDBTypeId.FLOAT:
      return fixed(4, { name: 'float', bits: 32 })
    case DuckDBTypeId.DOUBLE:
      return fixed(8, { name: 'float', bits: 64 })
    case DuckDBTypeId.DATE:
      return fixed(4, { name: 'date' })
    case DuckDBTypeId.TIME:
      return fixed(8, { name: 'time' })
    case DuckDBTypeId.TIMESTAMP:
      return time('us')
    case DuckDBTypeId.TIMESTAMP_S:
      return time('s')
    case DuckDBTypeId.TIMESTAMP_MS:
      return time('ms')
    case DuckDBTypeId.TIMESTAMP_NS:
      return time('ns')
    case DuckDBTypeId.TIMESTAMP_TZ:
      return time('us', true)
    case DuckDBTypeId.HUGEINT:
      return { type: { name: 'decimal', precision: 38, scale: 0 }, append: hugeIntegers(Int32Array) }
    case DuckDBTypeId.UHUGEINT:
      return { type: { name: 'decimal', precision: 38, scale: 0 }, append: hugeIntegers(Uint32Array) }
    case DuckDBTypeId.DECIMAL:
      return decimal(type as DuckDBDecimalType)
    case DuckDBTypeId.VARCHAR:
      return { type: { name: 'utf8' }, append: undefined, texts: appendStrings }
    case DuckDBTypeId.BLOB:
      return { type: { name: 'binary' }, append: undefined, texts: appendStrings }
    default:
      return { type: { name: 'utf8' }, append: undefined, texts: wordsOf(type) }
  }
}

function fixed(width: number, type: ArrowType): Layout {
  return {
    type,
    append: (values, { raw, rows }) => values.append(duckdb.vector_get_data(raw, width * rows)),
  }
}

function decimal({ width, scale }: DuckDBDecimalType): Layout {
  const bytes = width <= 4 ? 2 : width <= 9 ? 4 : width <= 18 ? 8 : 16
  const type: ArrowType = { name: 'decimal', precision: width, scale }
  return bytes === 16 ? fixed(16, type) : { type, append: widened(bytes) }
}

/** Adds integers of 2, 4 or 8 bytes as integers of 16 bytes. */
function widened(width: 2 | 4 | 8): Append {
  return (values, { raw, rows }) => {
    const data = duckdb.vector_get_data(raw, width * rows)
    const at = values.extend(16 * rows)
    const words = new Int32Array(values.memory.buffer, values.memory.byteOffset + at, 4 * rows)
    const Narrow = width === 2 ? Int16Array : Int32Array
    const narrow = new Narrow(
      data.buffer as ArrayBuffer,
      data.byteOffset,
      data.byteLength / Narrow.BYTES_PER_ELEMENT,
    )
    for (let i = 0; i < rows; i++) {
      const low = width === 8 ? narrow[2 * i] : narrow[i]
      const next = width === 8 ? narrow[2 * i + 1] : low >> 31
      words[4 * i] = low
      words[4 * i + 1] = next
      words[4 * i + 2] = words[4 * i + 3] = next >> 31
    }
  }
}

/** Adds integers of 16 bytes. `Words`: whether their upper 32 bits have a sign. */
function hugeIntegers(Words: typeof Int32Array | typeof Uint32Array): Append {
  return (values, { raw, rows, chunk, column }, valid) => {
    const data = duckdb.vector_get_data(raw, 16 * rows)
    const words = new Words(data.buffer as ArrayBuffer, data.byteOffset, 4 * rows)
    for (let i = 0; i < rows; i++) {
      if (words[4 * i + 3] < MOST_UPPER && words[4 * i + 3] > -MOST_UPPER) continue
      if (!isValid(valid, i)) continue
      const value = chunk.getColumnVector(column).getItem(i) as bigint
      if (value > MOST_DECIMAL || value < -MOST_DECIMAL)
        throw new UnfitAnswer(
          `the answer has the whole number ${value}, at most 38 digits can be sent: cast the column to VARCHAR or DOUBLE`,
        )
    }
    values.append(data)
  }
}

function appendBooleans(): Append {
  let bits = 0
  return (values, { raw, rows }) => {
    if (values.length === 0) bits = 0
    const data = duckdb.vector_get_data(raw, rows)
    const before = values.length
    values.extend(((bits + rows + 7) >> 3) - before)
    const { memory } = values
    memory.fill(0, before, values.length)
    for (let i = 0; i < rows; i++, bits++) if (data[i] === 1) memory[bits >> 3] |= 1 << (bits & 7)
  }
}

/** What DuckDB keeps of a text: its length, then its bytes if it has at most this many, or a pointer to them. */
const INLINED = 12

function appendStrings(
  values: GrowingBytes,
  ends: Int32Array,
  { raw, rows }: Vector,
  valid: Uint8Array | undefined,
): void {
  const data = duckdb.vector_get_data(raw, 16 * rows)
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength)
  for (let i = 0; i < rows; i++) {
    if (isValid(valid, i)) {
      const length = view.getUint32(16 * i, true)
      if (length <= INLINED) {
        const at = values.extend(length)
        const { memory } = values
        for (let j = 0; j < length; j++) memory[at + j] = data[16 * i + 4 + j]
      } else
        values.append(
          duckdb.get_data_from_pointer(data.buffer as ArrayBuffer, data.byteOffset + 16 * i + 8, length),
        )
    }
    ends[i] = values.length
  }
}

/** Adds what has no buffer of its own as text. */
function wordsOf(type: DuckDBType): NonNullable<Layout['texts']> {
  const readable = numbered(type)
  return (values, ends, { raw, rows }) => {
    const vector = DuckDBVector.create(raw, rows, readable)
    for (let i = 0; i < rows; i++) {
      const item = vector.getItem(i)
      if (item !== null) values.append(Buffer.from(textOf(item, type)))
      ends[i] = values.length
    }
  }
}

function isValid(valid: Uint8Array | undefined, row: number): boolean {
  return valid === undefined || ((valid[row >> 3] >> (row & 7)) & 1) === 1
}
