/** Those who read stored files at the moment. The files of a deleted upload are kept for those who began before its deletion. */
export class Readers {
  readonly #reading = new Set<Promise<unknown>>()

  /** Runs work that reads stored files. Whatever the work reads, it finds out from within. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    const reading = work()
    this.#reading.add(reading)
    try {
      return await reading
    } finally {
      this.#reading.delete(reading)
    }
  }

  /** Resolves when everybody who reads now has finished. */
  async gone(): Promise<void> {
    await Promise.allSettled(this.#reading)
  }
}
