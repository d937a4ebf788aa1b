import { availableParallelism } from 'node:os'
import { Semaphore } from 'async-mutex'
import { StorageError } from '../errors.ts'

/**
 * The number of conversions at once: one for each core, but at least two, because one may be waiting for the
 * disk. More would take more memory and save no time.
 */
const CONVERSIONS = Math.max(2, availableParallelism())

/** Limits how many conversions worker threads do at once. */
export class Conversions {
  running = 0
  waiting = 0
  readonly #places = new Semaphore(CONVERSIONS)
  #heavy: Promise<unknown> = Promise.resolve()

  /** Does one conversion when there is a place for it. */
  run<T>(convert: () => Promise<T>): Promise<T> {
    this.waiting++
    return this.#places.runExclusive(async () => {
      this.waiting--
      this.running++
      try {
        return await convert()
      } finally {
        this.running--
      }
    })
  }

  /**
   * Does a conversion that may turn out to be heavy (StorageError `heavy`): then it is done again, alone. Heavy conversions run one at a
   * time, while the workers go on with light tasks.
   */
  async lightOrAlone<T>(convert: (alone: boolean) => Promise<T>): Promise<T> {
    try {
      return await convert(false)
    } catch (error) {
      if (!(error instanceof StorageError && error.code === 'heavy')) throw error
      const done = this.#heavy.then(() => convert(true))
      this.#heavy = done.catch(() => {})
      return done
    }
  }
}
