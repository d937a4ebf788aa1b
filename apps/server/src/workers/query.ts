import { type Cancellation, queriesDirectory, type Store } from '@table/storage'
import type { AnswerFormat } from '@table/table'
import { type Limits, QUERIES } from '../config/limits.ts'
import { phase } from '../observe/phases.ts'
import { QueryProcess } from '../query/queryProcess.ts'
import type { Pool } from './pool.ts'
import { Readers } from './readers.ts'

/** After this time without a query, its process ends, in ms. */
export const QUIET = 60_000

/** The most bytes of temporary files of a query. */
const MOST_SPILLED = 16 * 1024 ** 3

/** The queries of a table. Each has a folder with the files of its uploads, and runs in another process. */
export class Queries {
  readonly process: QueryProcess
  readonly #store: Store
  readonly #pool: Pool
  readonly #memory: number
  /** Those who find out which uploads they read. */
  readonly #beginning = new Readers()
  #last = 0

  constructor(store: Store, pool: Pool, { queryMemory }: Pick<Limits, 'queryMemory'>, quiet = QUIET) {
    this.#store = store
    this.#pool = pool
    this.#memory = Math.floor(queryMemory / QUERIES)
    this.process = new QueryProcess(queriesDirectory(store.dataDir), queryMemory, quiet)
  }

  async *answer(
    sql: string,
    format: AnswerFormat,
    cancellation: Cancellation,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const query = ++this.#last
    try {
      const begin = () => this.#makeFiles(query, cancellation)
      const { schemas, freeBytes } = await phase('link files', () =>
        this.#beginning.during(() => this.#pool.readers.during(begin)),
      )
      const spill = Math.min(MOST_SPILLED, Math.floor(freeBytes / QUERIES))
      const folder = String(query)
      yield* this.process.answer({ sql, format, folder, schemas, memory: this.#memory, spill }, signal)
    } finally {
      // The answer does not wait for this.
      void this.#pool.removeQueryFiles(query)
    }
  }

  /** Resolves when the queries that begin now have the rows of their uploads. */
  begun(): Promise<void> {
    return this.#beginning.gone()
  }

  async #makeFiles(query: number, cancellation: Cancellation) {
    const { uploads } = await this.#store.catalogue.snapshot()
    const ids = new Float64Array(uploads.length)
    let i = 0
    for (const { id } of uploads) ids[i++] = id
    return this.#pool.makeQueryFiles(query, ids.sort(), cancellation)
  }
}
