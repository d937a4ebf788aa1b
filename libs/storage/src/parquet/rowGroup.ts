import { type ColumnSource, TEXT_LENGTH_BYTES, type ValuesRead, valueSizes } from '../columnSource.ts'
import { memory, renewMemory } from '../kernelMemory.ts'
import type { Column, ColumnType } from '../schema.ts'
import { type ColumnBuffer, MAX_ROWS } from './columnBuffer.ts'

/** How many bytes kernels may write after the end of a text. */
const SLACK = 128

/** The memory that the columns of a row group share. Many columns share more, so that each has a page worth reading. */
const MIN_BYTES = 3 * 1024 * 1024
const MAX_BYTES = 12 * 1024 * 1024
const COLUMN_BYTES = 96 * 1024
/** If more of the memory is used, dividing it again would gain too little. */
const WORTH_DIVIDING = 0.75

/** A column's part of the memory, in bytes: for the levels of its rows, and for its values. */
interface Share {
  levels: number
  values: number
}

/** The current row group. Its columns share the kernel memory for rows, which never grows. */
export class RowGroup {
  readonly columns: ColumnBuffer[]
  rows = 0
  #maxRows = 0
  #shares: Share[]

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
    this.#shares = columns.map(() => ({ levels: 0, values: 0 }))
  }

  /** Returns whether the source's rows fit. They always fit into an empty row group. */
  fits(source: ColumnSource): boolean {
    if (this.rows === 0) this.#divide(source)
    const rows = this.rows + source.rows
    const fit =
      rows <= this.#maxRows &&
      this.columns.every((column, i) => fits(column, source, i, this.#shares[i] as Share))
    return fit || (rows <= MAX_ROWS && this.#divideAgain(source))
  }

  /** Appends the source's rows. Returns false if a value does not fit its column's type. */
  append(source: ColumnSource): boolean {
    this.rows += source.rows
    return this.columns.every((column, i) => appendColumn(source, i, column, this.#shares[i] as Share))
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

  /** Gives each column the share of the memory that the source's rows suggest. */
  #divide(source: ColumnSource): void {
    const rowBytes = this.columns.map(
      ({ type }, i) => 1 + (type === 'text' ? (1.25 * source.textBytes(i)) / source.rows : valueSizes[type]),
    )
    const wanted = rowBytes.reduce((sum, bytes) => sum + bytes)
    const room = Math.max(sharedBytes(this.columns.length), wanted * source.rows)
    const rows = Math.min(MAX_ROWS, Math.max(source.rows, Math.floor(room / wanted)))
    this.#shares = rowBytes.map(bytes => ({ levels: rows, values: Math.ceil(rows * (bytes - 1)) }))
    this.#maxRows = rows
    this.#place()
  }

  /**
   * Divides the memory again if much of it is unused: most columns of a wide table may be empty, and each row
   * group adds an entry per column to the footer. Returns whether the source's rows fit now.
   */
  #divideAgain(source: ColumnSource): boolean {
    const room = sharedBytes(this.columns.length)
    if (room === MIN_BYTES) return false
    const needs = this.columns.map((column, i) => need(column, source, i))
    const needed = needs.reduce((sum, { levels, values }) => sum + levels + values, 0)
    if (needed > WORTH_DIVIDING * room) return false
    const more = room / Math.max(needed, 1)
    this.#maxRows = MAX_ROWS
    this.#takeOut()
    this.#shares = needs.map(({ levels, values }) => ({
      levels: Math.floor(levels * more),
      values: Math.floor(values * more),
    }))
    this.#place()
    this.#putBack()
    return true
  }

  #place(): void {
    let at = memory.rows
    this.columns.forEach((column, i) => {
      const { levels, values } = this.#shares[i] as Share
      column.levels = at
      column.values = at + levels
      at += levels + values + SLACK
    })
  }

  /** Copies the columns to `memory.page`, which is free until the row group ends. */
  #takeOut(): void {
    const { bytes, page } = memory
    let at = page
    for (const column of this.columns) {
      const { levels, values, valueBytes } = column
      const rows = storedLevels(column)
      bytes.copyWithin(at, levels, levels + rows)
      bytes.copyWithin(at + rows, values, values + valueBytes)
      at += rows + valueBytes
    }
  }

  #putBack(): void {
    const { bytes, page } = memory
    let at = page
    for (const [i, column] of this.columns.entries()) {
      const { levels, values, valueBytes } = column
      const rows = storedLevels(column)
      bytes.copyWithin(levels, at, at + rows)
      bytes.copyWithin(values, at + rows, at + rows + valueBytes)
      at += rows + valueBytes
      // All rows so far are null.
      if (column.count === 0 && hasLevels(this.#shares[i] as Share)) bytes.fill(0, levels, levels + this.rows)
    }
  }
}

/** The levels of a column of nulls are not kept; they are written when the first value comes. */
function storedLevels({ count, rows }: ColumnBuffer): number {
  return count === 0 ? 0 : rows
}

/** A column with nothing but nulls gets no share when the memory is divided again. */
function hasLevels({ levels }: Share): boolean {
  return levels > 0
}

/** Returns whether the source's values of the column fit into its share. */
function fits(
  { type, rows, valueBytes }: ColumnBuffer,
  source: ColumnSource,
  index: number,
  share: Share,
): boolean {
  if (!hasLevels(share)) return holdsNothing(type, source, index)
  return rows + source.rows <= share.levels && valueBytes + mostBytes(type, source, index) <= share.values
}

/** Returns how much memory the column needs with the source's values. */
function need({ type, rows, valueBytes, count }: ColumnBuffer, source: ColumnSource, index: number): Share {
  if (count === 0 && holdsNothing(type, source, index)) return { levels: 0, values: 0 }
  return { levels: rows + source.rows, values: valueBytes + mostBytes(type, source, index) }
}

/** Returns the room for values that the source's rows need, in bytes. */
function mostBytes(type: ColumnType, source: ColumnSource, index: number): number {
  return type === 'text' ? source.textBytes(index) : source.rows * valueSizes[type]
}

/** Returns whether all of the source's values are null. Overwrites `memory.page`. */
function holdsNothing(type: ColumnType, source: ColumnSource, index: number): boolean {
  if (type === 'text') return source.textBytes(index) === source.rows * TEXT_LENGTH_BYTES
  const values = memory.page
  const levels = values + source.rows * valueSizes[type] + SLACK
  return source.readValues(index, type, values, levels) === 0
}

/** Returns how much memory the current row group may take. */
function sharedBytes(columns: number): number {
  return Math.min(MAX_BYTES, Math.max(MIN_BYTES, columns * COLUMN_BYTES))
}

/** Releases the memory of row groups of many columns. There must be no current row group. */
export function releaseRowGroup(columns: number): void {
  if (sharedBytes(columns) > MIN_BYTES) renewMemory()
}

function appendColumn(source: ColumnSource, index: number, column: ColumnBuffer, share: Share): boolean {
  const { rows } = source
  const read = hasLevels(share) ? readColumn(source, index, column) : { count: 0, bytes: 0 }
  if (!read) return false
  column.valueBytes += read.bytes
  column.count += read.count
  column.nulls += rows - read.count
  column.rows += rows
  return true
}

/** Reads the source's values after those of the column. Returns undefined if a value does not fit the type. */
function readColumn(source: ColumnSource, index: number, column: ColumnBuffer): ValuesRead | undefined {
  const { type } = column
  const values = column.values + column.valueBytes
  const levels = column.levels + column.rows
  if (type === 'text') return source.readTexts(index, values, levels)
  const count = source.readValues(index, type, values, levels)
  return count < 0 ? undefined : { count, bytes: count * valueSizes[type] }
}
