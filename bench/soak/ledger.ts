/** An upload that was begun. */
interface Entry {
  /** What the upload adds to the sum. */
  total: bigint
}

/** Records what was uploaded, and checks sums over it. */
export class Ledger {
  /** The number of acknowledged uploads. */
  uploads = 0
  /** The total of the acknowledged uploads. */
  total = 0n
  readonly #pending = new Set<Entry>()
  readonly #askers = new Set<Set<Entry>>()

  /** Begins an upload that adds `total`. Call the returned function when the upload is acknowledged. */
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
   * Begins a sum. The returned function checks the answer: it must contain every upload that is acknowledged
   * now, and each upload that is under way meanwhile either whole or not at all.
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
