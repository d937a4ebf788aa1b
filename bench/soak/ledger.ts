/** An upload that was begun. */
interface Entry {
  /** What it adds to the sum. */
  total: bigint
}

/** What was uploaded, and what a sum over it may be. */
export class Ledger {
  /** Acknowledged. */
  uploads = 0
  /** Of the acknowledged. */
  total = 0n
  readonly #pending = new Set<Entry>()
  readonly #askers = new Set<Set<Entry>>()

  /** An upload that adds `total` begins; what is returned is called when it is acknowledged. */
  begin(total: bigint): () => void {
    const entry = { total }
    this.#pending.add(entry)
    for (const possible of this.#askers) possible.add(entry)
    return () => {
      this.#pending.delete(entry)
      this.uploads++
      this.total += total
    }
  }

  /**
   * A sum begins. What is returned checks its answer: it has every upload that is acknowledged now, and of those under way
   * meanwhile each whole or not at all.
   */
  askSum(): (answer: bigint) => void {
    const known = this.total
    const possible = new Set(this.#pending)
    this.#askers.add(possible)
    return answer => {
      this.#askers.delete(possible)
      let totals = new Set([known])
      for (const { total } of possible) totals = totals.union(new Set([...totals].map(sum => sum + total)))
      if (totals.has(answer)) return
      const expected = `expected ${known} with any of ${[...possible].map(({ total }) => total)}`
      throw new Error(`the sum is ${answer}, ${expected}`)
    }
  }
}
