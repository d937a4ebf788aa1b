import { type Cancellation, queriesDirectory, type Store, spareBytes } from '@table/storage'
import type { AnswerFormat } from '@table/table'
import { type Limits, QUERIES } from '../config/limits.ts'
import { phase } from '../observe/phases.ts'
import { QueryProcess } from '../query/queryProcess.ts'
import type { Pool } from './pool.ts'
import { QueryFolders } from './queryFolders.ts'

/** After this time without a query, its process ends, in ms. */
export const QUIET = 60_000

/** The most bytes of temporary files of a query. */
const MOST_SPILLED = 16 * 1024 ** 3

/** The queries of a table, which run in another process. */
export class Queries {
  readonly process: QueryProcess
  readonly #folders: QueryFolders
  readonly #dataDir: string
  readonly #memory: number

  constructor(store: Store, pool: Pool, { queryMemory }: Pick<Limits, 'queryMemory'>, quiet = QUIET) {
    this.#folders = new QueryFolders(store, pool)
    this.#dataDir = store.dataDir
    this.#memory = Math.floor(queryMemory / QUERIES)
    // A process leaves its temporary files in the folder.
    this.process = new QueryProcess(queriesDirectory(store.dataDir), queryMemory, quiet, () => this.forget())
  }

  async *answer(
    sql: string,
    format: AnswerFormat,
    cancellation: Cancellation,
    signal: AbortSignal,
  ): AsyncGenerator<Uint8Array, void, undefined> {
    const folder = await phase('link files', () => this.#folders.take(cancellation))
    try {
      const spill = Math.min(MOST_SPILLED, roundedDown((await spareBytes(this.#dataDir)) / QUERIES))
      const { number, uploads, schemas } = folder
      const request = { sql, format, folder: String(number), uploads, schemas, memory: this.#memory, spill }
      yield* this.process.answer(request, signal)
    } finally {
      this.#folders.leave(folder)
    }
  }

  /** Resolves when the queries that begin now have the rows of their uploads. */
  begun(): Promise<void> {
    return this.#folders.begun()
  }

  /** Lets go of the files of uploads, but for those that queries read now. */
  forget(): void {
    this.#folders.forget()
  }

  async close(): Promise<void> {
    this.process.close()
    await this.#folders.close()
  }
}

/** Returns a power of two: a DuckDB whose limit is lower is not used again, and free space changes a little all the time. */
function roundedDown(bytes: number): number {
  return 2 ** Math.floor(Math.log2(bytes))
}
