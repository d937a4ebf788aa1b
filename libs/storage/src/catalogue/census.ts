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

const types: readonly ColumnType[] = [
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
  /** Where the counts of a name begin: one count for each of `types`. */
  readonly #places = new Map<string, number>()
  #characters = 0
  #counts = new Uint32Array(1024)

  /** Counts the columns of this many uploads. */
  add(columns: readonly Column[], uploads = 1): void {
    for (const { name, type } of columns) {
      const place = this.#places.get(name) ?? this.#remember(name)
      if (place >= 0) this.#counts[place + types.indexOf(type)] += uploads
    }
  }

  /** Takes back the columns of an upload that was added. */
  remove(columns: readonly Column[]): void {
    for (const { name, type } of columns) {
      // A name without a place had none when the upload was added: places are never freed.
      const place = this.#places.get(name)
      if (place !== undefined) this.#counts[place + types.indexOf(type)]--
    }
  }

  /** Returns the columns that hold no numbers, but hold numbers in at least half of the counted uploads. */
  clashesOf(columns: readonly Column[]): Clash[] {
    const clashes: Clash[] = []
    columns.forEach((column, position) => {
      if (column.type === 'int64' || column.type === 'double') return
      const place = this.#places.get(column.name)
      if (place === undefined) return
      const [int64 = 0, double = 0, ...others] = this.#counts.subarray(place, place + types.length)
      const numbers = int64 + double
      if (numbers > 0 && numbers >= others.reduce((sum, count) => sum + count, 0))
        clashes.push({ position, column, int64, double })
    })
    return clashes
  }

  /** Returns -1 if there is no room for the name. */
  #remember(name: string): number {
    if (this.#places.size === MAX_NAMES || this.#characters + name.length > MAX_CHARACTERS) return -1
    const place = this.#places.size * types.length
    this.#places.set(name, place)
    this.#characters += name.length
    if (place + types.length > this.#counts.length) {
      const more = new Uint32Array(2 * this.#counts.length)
      more.set(this.#counts)
      this.#counts = more
    }
    return place
  }
}
