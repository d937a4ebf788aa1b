import type { Cancellation, QuerySchema, Store } from '@table/storage'
import type { Pool } from './pool.ts'
import { Readers } from './readers.ts'

/** A folder with the files of a snapshot. */
export interface QueryFolder {
  number: number
  schemas: readonly QuerySchema[]
}

interface Shared extends QueryFolder {
  /** Of the snapshot. */
  version: number
  /** How many queries read the folder now. */
  users: number
}

/** The folders that queries read. The last one is kept, for the next query that comes before the uploads change. */
export class QueryFolders {
  readonly #store: Store
  readonly #pool: Pool
  /** Those who find out which uploads they read. */
  readonly #making = new Readers()
  readonly #folders = new Map<number, Shared>()
  #kept: Shared | undefined
  #last = 0

  constructor(store: Store, pool: Pool) {
    this.#store = store
    this.#pool = pool
  }

  /** Returns a folder with the files of all uploads. Give it back by `leave`. */
  take(cancellation: Cancellation): Promise<QueryFolder> {
    return this.#making.during(() => this.#pool.readers.during(() => this.#take(cancellation)))
  }

  leave({ number }: QueryFolder): void {
    const folder = this.#folders.get(number)
    if (!folder) return
    folder.users--
    this.#removeUnused(folder)
  }

  /** Lets the next query begin with a folder of its own. Resolves when the folder before is removed, if nobody reads it. */
  async forget(): Promise<void> {
    const folder = this.#kept
    this.#kept = undefined
    if (folder) await this.#removeUnused(folder)
  }

  /** Resolves when the queries that begin now have the rows of their uploads. */
  begun(): Promise<void> {
    return this.#making.gone()
  }

  async #take(cancellation: Cancellation): Promise<QueryFolder> {
    const { uploads } = await this.#store.catalogue.snapshot()
    let folder = this.#kept
    if (folder?.version !== uploads.version) {
      const ids = new Float64Array(uploads.length)
      let i = 0
      for (const { id } of uploads) ids[i++] = id
      folder = await this.#make(ids.sort(), uploads.version, cancellation)
      void this.forget()
      this.#kept = folder
    }
    folder.users++
    return folder
  }

  async #make(ids: Float64Array, version: number, cancellation: Cancellation): Promise<Shared> {
    const number = ++this.#last
    try {
      const schemas = await this.#pool.makeQueryFiles(number, ids, cancellation)
      const folder = { number, schemas, version, users: 0 }
      this.#folders.set(number, folder)
      return folder
    } catch (error) {
      void this.#pool.removeQueryFiles(number)
      throw error
    }
  }

  async #removeUnused(folder: Shared): Promise<void> {
    if (folder.users > 0 || folder === this.#kept) return
    this.#folders.delete(folder.number)
    await this.#pool.removeQueryFiles(folder.number)
  }
}
