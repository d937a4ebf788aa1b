import type { Snapshot } from './catalogue.ts'
import type { ColumnPlaces } from './schemas.ts'

/** How many places are remembered. Each has three numbers of four bytes. */
const MAX_PLACES = 100_000

/** Remembers where columns are until there is a new schema. */
export class KnownColumns {
  readonly #known = new Map<string, ColumnPlaces>()
  readonly #find: (name: string) => Promise<ColumnPlaces>
  #schemas = 0
  #places = 0

  /** `find` looks into the catalogue. */
  constructor(find: (name: string) => Promise<ColumnPlaces>) {
    this.#find = find
  }

  /** Returns where all schemas of the snapshot, and maybe later ones, have a column. */
  async find(name: string, { schemas }: Snapshot): Promise<ColumnPlaces> {
    const known = this.#schemas >= schemas ? this.#known.get(name) : undefined
    if (known) return known
    const places = await this.#find(name)
    this.#remember(name, places, schemas)
    return places
  }

  /** `schemas`: how many schemas there were before `places` were looked up. */
  #remember(name: string, places: ColumnPlaces, schemas: number): void {
    if (schemas < this.#schemas) return
    if (schemas > this.#schemas || this.#places > MAX_PLACES) {
      this.#known.clear()
      this.#places = 0
    }
    this.#schemas = schemas
    this.#known.set(name, places)
    this.#places += places.schemas.length + name.length
  }
}
