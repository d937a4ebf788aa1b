import { Mutex } from 'async-mutex'

/** What a critical section may return: anything but a promise, so that it cannot wait for a file. */
export type Sync<T> = T extends PromiseLike<unknown> ? never : T

/** State that can only be reached while its lock is held, by a callback that cannot wait. */
export class Guarded<State> {
  readonly #mutex = new Mutex()
  readonly #state: State
  #held = false

  /** Takes the state over: the caller must keep no reference to it. */
  constructor(state: State) {
    this.#state = state
  }

  /** Whether a critical section is running now. */
  get held(): boolean {
    return this.#held
  }

  /**
   * Runs `critical` with the lock held, in order of arrival. The lock is released when `critical` returns or
   * throws. A critical section that returns a promise does not compile.
   */
  async access<T>(critical: (state: State) => Sync<T>): Promise<T> {
    const release = await this.#mutex.acquire()
    this.#held = true
    try {
      return critical(this.#state)
    } finally {
      this.#held = false
      release()
    }
  }
}
