import type { Column, ColumnType } from '../schema.ts'

/**
 * A column that holds no numbers in an upload, although it holds numbers in at least half of the earlier uploads. Plain data, which can
 * cross threads.
 */
export interface Clash {
  /** The position of the column, from 0. */
  position: number
  column: Column
  /** The number of earlier uploads in which the column has this type. */
  int64: number
  double: number
}

/** In how many uploads a column has a type. */
export interface TypeCount {
  type: ColumnType
  uploads: number
}

/** The columns of all uploads by name, in the order in which the names came. */
export interface NamedColumns {
  columns: { name: string; types: TypeCount[] }[]
  /** How many other names are counted. At least 1 if there are names that are not counted. */
  more: number
}

export const columnTypes: readonly ColumnType[] = [
  'int64',
  'double',
  'boolean',
  'date',
  'timestamp',
  'timestamp-utc',
  'text',
]

/** Names beyond these limits are not counted, so that names cannot fill the memory. */
const MAX_NAMES = 50_000
const MAX_CHARACTERS = 2_000_000

/** Counts in how many uploads a column has which type. */
export class ColumnCensus {
  /** Where the counts of a name begin: one count for each of `columnTypes`. */
  readonly #places = new Map<string, number>()
  #characters = 0
  #counts = new Uint32Array(1024)
  /** There are names that are not counted. */
  #isFull = false

  /** Counts the columns of this many uploads. */
  add(columns: readonly Column[], uploads = 1): void {
    for (const { name, type } of columns) {
      const place = this.#places.get(name) ?? this.#remember(name)
      if (place >= 0) this.#counts[place + columnTypes.indexOf(type)] += uploads
    }
  }

  /** Takes back the columns of an upload that was added. */
  remove(columns: readonly Column[]): void {
    for (const { name, type } of columns) {
      // A name without a place had none when the upload was added: places are never freed.
      const place = this.#places.get(name)
      if (place !== undefined) this.#counts[place + columnTypes.indexOf(type)]--
    }
  }

  /** Returns the columns that hold no numbers, but hold numbers in at least half of the counted uploads. */
  clashesOf(columns: readonly Column[]): Clash[] {
    const clashes: Clash[] = []
    columns.forEach((column, position) => {
      if (column.type === 'int64' || column.type === 'double') return
      const place = this.#places.get(column.name)
      if (place === undefined) return
      const [int64 = 0, double = 0, ...others] = this.#counts.subarray(place, place + columnTypes.length)
      const numbers = int64 + double
      if (numbers > 0 && numbers >= others.reduce((sum, count) => sum + count, 0))
        clashes.push({ position, column, int64, double })
    })
    return clashes
  }

  /** Returns the columns that uploads have: the first ones, at most `limit`, whose names take at most `bytes` together. */
  named(limit: number, bytes: number): NamedColumns {
    const columns: NamedColumns['columns'] = []
    let more = 0
    let room = bytes
    for (const [name, place] of this.#places) {
      const counts = this.#counts.subarray(place, place + columnTypes.length)
      if (counts.every(count => count === 0)) continue
      if (more === 0) room -= Buffer.byteLength(name)
      if (more > 0 || columns.length === limit || room < 0) more++
      else columns.push({ name, types: typeCounts(counts) })
    }
    return { columns, more: this.#isFull ? Math.max(more, 1) : more }
  }

  /** Returns -1 if there is no room for the name. */
  #remember(name: string): number {
    if (this.#places.size === MAX_NAMES || this.#characters + name.length > MAX_CHARACTERS) {
      this.#isFull = true
      return -1
    }
    const place = this.#places.size * columnTypes.length
    this.#places.set(name, place)
    this.#characters += name.length
    if (place + columnTypes.length > this.#counts.length) {
      const more = new Uint32Array(2 * this.#counts.length)
      more.set(this.#counts)
      this.#counts = more
    }
    return place
  }
}

/** `counts`: one for each of `columnTypes`. */
export function typeCounts(counts: ArrayLike<number>): TypeCount[] {
  return columnTypes
    .map((type, i) => ({ type, uploads: counts[i] ?? 0 }))
    .filter(({ uploads }) => uploads > 0)
}
