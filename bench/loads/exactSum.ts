const half = 2 ** 52

/** An exact sum of integers below 2^52: kept in a double while that is exact, then added to a bigint. */
export class ExactSum {
  #small = 0
  #large = 0n

  add(value: number): void {
    this.#small += value
    if (Math.abs(this.#small) < half) return
    this.#large += BigInt(this.#small)
    this.#small = 0
  }

  get total(): bigint {
    return this.#large + BigInt(this.#small)
  }
}
