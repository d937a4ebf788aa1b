/** How many seconds of the past the rate is about. */
const MEMORY = 5

/** How fast something goes. The newest seconds count most. */
export class Pace {
  #at: number
  #done: number
  #rate: number | undefined

  constructor(at: number, done = 0) {
    this.#at = at
    this.#done = done
  }

  /** `at`: in ms. `done`: bytes since the beginning. */
  update(at: number, done: number): void {
    const seconds = (at - this.#at) / 1000
    if (seconds < 0.2) return
    const now = (done - this.#done) / seconds
    const weight = this.#rate === undefined ? 1 : 1 - Math.exp(-seconds / MEMORY)
    this.#rate = (this.#rate ?? 0) * (1 - weight) + now * weight
    this.#at = at
    this.#done = done
  }

  /** Bytes a second, 0 as long as it is unknown. */
  get rate(): number {
    return this.#rate ?? 0
  }

  /** Seconds, or Infinity. */
  left(bytes: number): number {
    return bytes / this.rate
  }
}
