import type { ColumnType } from '../schema.ts'
import { type DoubleSum, mergeDoubles, noDoubles } from '../sum/doubles.ts'

/**
 * A value as bounds compare it. Integers, dates and timestamps are as in `Value`. A text is its first bytes in UTF-8 as `textKey`
 * makes them.
 */
export type Comparable = bigint | number | boolean | string

export interface Bounds {
  least: Comparable
  greatest: Comparable
}

/** What has bounds of its own. Numbers are the values of int64 and double columns, and the integers of text columns. */
export type Kind = 'number' | OtherType
export type OtherType = Exclude<ColumnType, 'int64' | 'double'>

/** How far the values of a column reach. Plain data: it crosses threads. */
export interface Extent {
  rows: number
  nulls: number
  numbers: number
  bounds: Partial<Record<Kind, Bounds>>
}

/** What is known about a column, or a piece of it. Plain data too. */
export interface ColumnPartial extends Extent {
  integers: bigint
  doubles: DoubleSum
  /** A text column has a text that is neither empty nor an integer. The numbers do not count then. */
  misfit: boolean
}

export function emptyExtent(): Extent {
  return { rows: 0, nulls: 0, numbers: 0, bounds: {} }
}

export function emptyPartial(): ColumnPartial {
  return { ...emptyExtent(), integers: 0n, doubles: noDoubles, misfit: false }
}

/** Returns the partial of both. The order does not matter. */
export function mergeColumns(one: ColumnPartial, other: ColumnPartial): ColumnPartial {
  return {
    ...mergeExtents(one, other),
    integers: one.integers + other.integers,
    doubles: mergeDoubles(one.doubles, other.doubles),
    misfit: one.misfit || other.misfit,
  }
}

export function mergeExtents(one: Extent, other: Extent): Extent {
  const merged: Extent = {
    rows: one.rows + other.rows,
    nulls: one.nulls + other.nulls,
    numbers: one.numbers + other.numbers,
    bounds: { ...one.bounds },
  }
  for (const kind of Object.keys(other.bounds) as Kind[]) widen(merged, kind, other.bounds[kind])
  return merged
}

/** Makes room for more bounds in an extent. */
export function widen({ bounds }: Extent, kind: Kind, more: Bounds | undefined): void {
  const merged = mergeBounds(bounds[kind], more)
  if (merged) bounds[kind] = merged
}

/** Adds `count` values that are not null to an extent. */
export function addValues(extent: Extent, type: ColumnType, count: number, bounds: Bounds | undefined): void {
  const isNumber = type === 'int64' || type === 'double'
  if (isNumber) extent.numbers += count
  widen(extent, isNumber ? 'number' : type, bounds)
}

function mergeBounds(one: Bounds | undefined, other: Bounds | undefined): Bounds | undefined {
  if (!one || !other) return one ?? other
  return {
    least: isBetter(other.least, one.least, other.least < one.least) ? other.least : one.least,
    greatest: isBetter(other.greatest, one.greatest, other.greatest > one.greatest)
      ? other.greatest
      : one.greatest,
  }
}

/**
 * Whether a value replaces another one as a bound. JavaScript compares an integer with a double exactly. Of an integer and a double
 * that are equal the integer counts, because the shortest text of the double may be that of another integer.
 */
function isBetter(value: Comparable, before: Comparable, isBeyond: boolean): boolean {
  return (
    isBeyond ||
    (typeof value === 'bigint' && typeof before === 'number' && value <= before && value >= before)
  )
}

/** The most bytes of a text that an answer shows. */
export const SHOWN_BYTES = 80

/**
 * Returns the first bytes of a text in UTF-8, one in each character, so that `<` compares texts by their bytes as Parquet does.
 * One more byte than is shown tells where the last whole character ends. To cut at a character would change the order.
 */
export function textKey(utf8: Uint8Array): string {
  return Buffer.from(utf8.buffer, utf8.byteOffset, Math.min(utf8.length, SHOWN_BYTES + 1)).toString('latin1')
}
