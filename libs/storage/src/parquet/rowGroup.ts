import type { ChunkReader } from '../csv/chunks.ts'
import { type Column, type ColumnType, readColumn } from '../csv/inference.ts'
import { engine, renewEngine } from '../engine.ts'
import type { ColumnBuffer } from './columnBuffer.ts'

/** Bytes a value takes; a text takes as many as it has and 4 more. */
const widths: Record<Exclude<ColumnType, 'text'>, number> = {
  int64: 8,
  double: 8,
  boolean: 1,
  date: 4,
  timestamp: 8,
  'timestamp-utc': 8,
}
/** Kernels may write so many bytes behind the end of a text. */
const SLACK = 128
const MAX_ROWS = 1024 * 1024

/** What the columns of a row group share: more where they are many, so that each has a page worth reading. */
const MIN_BYTES = 3 * 1024 * 1024
const MAX_BYTES = 12 * 1024 * 1024
const COLUMN_BYTES = 96 * 1024

/** The row group under way: its columns share the engine's memory for rows, which never grows. */
export class RowGroup {
  readonly columns: ColumnBuffer[]
  rows = 0
  #maxRows = 0
  readonly #textRoom: number[]

  constructor(columns: readonly Column[]) {
    this.columns = columns.map(({ name, type }) => ({
      name,
      type,
      rows: 0,
      nulls: 0,
      values: 0,
      valueBytes: 0,
      count: 0,
      levels: 0,
    }))
    this.#textRoom = columns.map(() => 0)
  }

  /** Whether there is room for the chunk's records. There always is at first. */
  fits(reader: ChunkReader): boolean {
    if (this.rows === 0) this.#divide(reader)
    return (
      this.rows + reader.records <= this.#maxRows &&
      this.columns.every(
        ({ type, valueBytes }, i) =>
          type !== 'text' || valueBytes + textBytes(reader, i) <= (this.#textRoom[i] as number),
      )
    )
  }

  /** Appends the chunk's records. Returns false if a field is not of its column's type. */
  append(reader: ChunkReader): boolean {
    this.rows += reader.records
    return this.columns.every((column, i) => appendColumn(reader, i, column))
  }

  clear(): void {
    this.rows = 0
    for (const column of this.columns) {
      column.rows = 0
      column.nulls = 0
      column.valueBytes = 0
      column.count = 0
    }
  }

  /** Gives each column its share of the memory, as the chunk's records would fill it. */
  #divide(reader: ChunkReader): void {
    const rowBytes = this.columns.map(({ type }, i) =>
      type === 'text' ? (1.25 * textBytes(reader, i)) / reader.records : widths[type] + 1,
    )
    const wanted = rowBytes.reduce((sum, bytes) => sum + bytes)
    const room = Math.max(sharedBytes(this.columns.length), wanted * reader.records)
    this.#maxRows = Math.min(MAX_ROWS, Math.max(reader.records, Math.floor(room / wanted)))
    let at = engine.rows
    this.columns.forEach((column, i) => {
      const bytes = Math.ceil(this.#maxRows * (rowBytes[i] as number))
      column.levels = at
      column.values = at + (column.type === 'text' ? 0 : this.#maxRows)
      this.#textRoom[i] = bytes
      at += bytes + SLACK
    })
  }
}

/** What the row group under way may take. */
function sharedBytes(columns: number): number {
  return Math.min(MAX_BYTES, Math.max(MIN_BYTES, columns * COLUMN_BYTES))
}

/** Gives back the memory of row groups of many columns. None may be under way. */
export function releaseRowGroup(columns: number): void {
  if (sharedBytes(columns) > MIN_BYTES) renewEngine()
}

function appendColumn(reader: ChunkReader, index: number, column: ColumnBuffer): boolean {
  const { kernels, ends } = engine
  const { records, columns } = reader
  const to = column.values + column.valueBytes
  if (column.type === 'text') {
    column.valueBytes += kernels.textColumn(ends, records, columns, index, to)
    column.count += records
  } else {
    const count = readColumn(column.type, reader, index, to, column.levels + column.rows)
    if (count < 0) return false
    column.valueBytes += count * widths[column.type]
    column.count += count
    column.nulls += records - count
  }
  column.rows += records
  return true
}

/** At least the bytes that a column of texts will take. */
function textBytes({ records, columns }: ChunkReader, column: number): number {
  const { kernels, ends } = engine
  return kernels.textBytes(ends, records, columns, column)
}
