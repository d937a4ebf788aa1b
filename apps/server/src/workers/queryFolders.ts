import type { Cancellation, QuerySchema, Store } from '@table/storage'
import type { Pool } from './pool.ts'
import { Readers } from './readers.ts'

/** A folder with the files of a snapshot. */
export interface QueryFolder {
  readonly number: number
  /** How many uploads it holds. */
  readonly uploads: number
  readonly schemas: readonly QuerySchema[]
  /** Of the snapshot. */
  readonly version: number
  /** How many queries read the folder now. */
  users: number
}

/** The folders that queries read. The last one is kept, for the next query that comes before the uploads change. */
export class QueryFolders {
  readonly #store: Store
  readonly #pool: Pool
  /** Those who find out which uploads they read. */
  readonly #making = new Readers()
  #kept: QueryFolder | undefined
  #last = 0
  #removed: Promise<unknown> = Promise.resolve()

  constructor(store: Store, pool: Pool) {
    this.#store = store
    this.#pool = pool
  }

  /** Returns a folder with the files of all uploads. Give it back by `leave`. */
  take(cancellation: Cancellation): Promise<QueryFolder> {
    return this.#making.during(() => this.#pool.readers.during(() => this.#take(cancellation)))
  }

  leave(folder: QueryFolder): void {
    folder.users--
    this.#removeUnused(folder)
  }

  /** Lets the next query begin with a folder of its own. The folder before is removed when nobody reads it. */
  forget(): void {
    const folder = this.#kept
    this.#kept = undefined
    if (folder) this.#removeUnused(folder)
  }

  /** Resolves when the queries that begin now have the rows of their uploads. */
  begun(): Promise<void> {
    return this.#making.gone()
  }

  /** Resolves when the folders that nobody reads are removed. */
  async close(): Promise<void> {
    this.forget()
    await this.#removed
  }

  async #take(cancellation: Cancellation): Promise<QueryFolder> {
    const { uploads } = await this.#store.catalogue.snapshot()
    let folder = this.#kept
    if (folder?.version !== uploads.version) {
      const ids = new Float64Array(uploads.length)
      let i = 0
      for (const { id } of uploads) ids[i++] = id
      folder = await this.#make(ids.sort(), uploads.version, cancellation)
      this.forget()
      this.#kept = folder
    }
    folder.users++
    return folder
  }

  async #make(ids: Float64Array, version: number, cancellation: Cancellation): Promise<QueryFolder> {
    const number = ++this.#last
    try {
      const schemas = await this.#pool.makeQueryFiles(number, ids, cancellation)
      return { number, uploads: ids.length, schemas, version, users: 0 }
    } catch (error) {
      this.#remove(number)
      throw error
    }
  }

  #removeUnused({ number, users }: QueryFolder): void {
    if (users === 0 && number !== this.#kept?.number) this.#remove(number)
  }

  #remove(number: number): void {
    const removed = this.#pool.removeQueryFiles(number)
    this.#removed = this.#removed.then(() => removed)
  }
}
