import type { Column, ColumnPlaces } from '@table/storage'
import { columnPlacesOf } from '@table/storage'
import type { Database } from './database.ts'

/** The most bytes of lists of columns that are kept, and that are fetched at a time. */
const KEPT_BYTES = 4 * 1024 * 1024

/** A list of columns that is wanted, and about how many bytes the list takes. */
export interface WantedSchema {
  schema: number
  shownBytes: number
}

/** The lists of columns of all uploads. They are in the catalogue: names may take more room than there is memory. */
export class Schemas {
  readonly #database: Database
  readonly #kept = new Map<number, readonly Column[]>()
  #keptBytes = 0

  constructor(database: Database) {
    this.#database = database
  }

  /** Yields the list of columns of each of these, in order. Lists are fetched together, a few MiB at a time. */
  async *each<Row extends WantedSchema>(
    rows: readonly Row[],
  ): AsyncGenerator<{ row: Row; columns: readonly Column[] }, void, undefined> {
    for (const [i, row] of rows.entries()) {
      // Another question may have made room for its lists meanwhile.
      while (!this.#kept.has(row.schema)) await this.#fetch(rows.slice(i))
      yield { row, columns: this.#kept.get(row.schema) as readonly Column[] }
    }
  }

  /** Returns these lists by number. The caller limits how many columns they have together. */
  async lists(ids: readonly number[]): Promise<Map<number, readonly Column[]>> {
    const sql = 'SELECT id, columns FROM schemas WHERE id = ANY($1)'
    const rows = await this.#database.rows<{ id: number; columns: string }>(sql, [ids])
    return new Map(rows.map(({ id, columns }) => [id, JSON.parse(columns)]))
  }

  /** Returns where all lists have a column. */
  async find(name: string): Promise<ColumnPlaces> {
    const lists = await this.#database.rows<{ id: number; columns: string }>(
      'SELECT id, columns FROM schemas WHERE strpos(columns, $1) > 0 ORDER BY id',
      [`"name":${JSON.stringify(name)}`],
    )
    return columnPlacesOf(
      name,
      lists.map(({ id, columns }) => ({ id, columns: JSON.parse(columns) })),
    )
  }

  async #fetch(wanted: readonly WantedSchema[]): Promise<void> {
    const ids = new Set<number>()
    let bytes = 0
    for (const { schema, shownBytes } of wanted) {
      if (this.#kept.has(schema) || ids.has(schema)) continue
      if (ids.size > 0 && bytes + shownBytes > KEPT_BYTES) break
      ids.add(schema)
      bytes += shownBytes
    }
    if (this.#keptBytes + bytes > KEPT_BYTES) {
      this.#kept.clear()
      this.#keptBytes = 0
    }
    this.#keptBytes += bytes
    for (const [id, columns] of await this.lists([...ids])) this.#kept.set(id, columns)
  }
}
