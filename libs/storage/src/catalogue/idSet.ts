const BLOCK = 8192

/** A set of positive whole numbers that come in runs: a bit each. */
export class IdSet {
  size = 0
  readonly #blocks = new Map<number, Uint8Array>()

  has(id: number): boolean {
    const block = this.#blocks.get(Math.floor(id / BLOCK))
    return block !== undefined && (block[(id % BLOCK) >> 3] & (1 << (id & 7))) !== 0
  }

  /** Returns false if the set had it. */
  add(id: number): boolean {
    if (this.has(id)) return false
    const number = Math.floor(id / BLOCK)
    let block = this.#blocks.get(number)
    if (!block) {
      block = new Uint8Array(BLOCK / 8)
      this.#blocks.set(number, block)
    }
    block[(id % BLOCK) >> 3] |= 1 << (id & 7)
    this.size++
    return true
  }

  /** Returns false if the set did not have it. */
  delete(id: number): boolean {
    if (!this.has(id)) return false
    const block = this.#blocks.get(Math.floor(id / BLOCK)) as Uint8Array
    block[(id % BLOCK) >> 3] &= ~(1 << (id & 7))
    this.size--
    return true
  }

  /** In no order. The set may be changed meanwhile. */
  *[Symbol.iterator](): Generator<number> {
    for (const [number, block] of this.#blocks)
      for (let bit = 0; bit < BLOCK; bit++)
        if ((block[bit >> 3] & (1 << (bit & 7))) !== 0) yield number * BLOCK + bit
  }
}
