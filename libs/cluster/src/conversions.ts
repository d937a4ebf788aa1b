import { availableParallelism } from 'node:os'
import { type Arrival, type Cancellation, StorageError } from '@table/storage'
import { Semaphore } from 'async-mutex'
import type { SpooledUpload, Workers } from './tasks.ts'

/** The number of conversions at once: one for each core, but at least two, because one may be waiting for the disk. */
const CONVERSIONS = Math.max(2, availableParallelism())

/** Conversions of uploads in a spool. */
export class Conversions {
  readonly #workers: Workers
  readonly #spool: string
  readonly #running = new Semaphore(CONVERSIONS)
  #heavy: Promise<unknown> = Promise.resolve()

  constructor(workers: Workers, spool: string) {
    this.#workers = workers
    this.#spool = spool
  }

  /** Converts an upload that has arrived: in the spool, or `held` in memory. Heavy conversions run one after the other. */
  async whole(id: number, held: Uint8Array | undefined, cancellation: Cancellation): Promise<SpooledUpload> {
    const convert = (alone: boolean) =>
      this.#running.runExclusive(() =>
        this.#workers.run('convert', { spool: this.#spool, id, cancellation, held, alone }),
      )
    try {
      return await convert(false)
    } catch (error) {
      if (!(error instanceof StorageError && error.code === 'heavy')) throw error
      const done = this.#heavy.then(() => convert(true))
      this.#heavy = done.catch(() => {})
      return done
    }
  }

  /** Converts an upload while it arrives. Resolves to undefined if that is not possible. */
  arriving(
    id: number,
    { shared: arrival }: Arrival,
    cancellation: Cancellation,
  ): Promise<SpooledUpload | undefined> {
    return this.#running.runExclusive(() =>
      this.#workers.run('convertArriving', { spool: this.#spool, id, cancellation, arrival }),
    )
  }
}
