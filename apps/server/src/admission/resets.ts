import { networkOf } from './network.ts'

/** The number of calls that a client address may break off at once, and then per second. */
const BURST = 1000
const RATE = 100
/** How many addresses are remembered. Beyond this number, the address that has been quiet the longest is forgotten. */
const MOST_ADDRESSES = 10_000

/**
 * Counts the calls that clients break off, by address. Opening and resetting a stream costs a client nothing
 * but costs the server work. The count belongs to the address because a client whose connection is closed
 * could connect again at once.
 */
export class Resets {
  readonly #allowances = new Map<string, { left: number; at: number }>()

  /** Counts a call that was broken off. Returns whether the address is over its limit. */
  count(address: string | undefined): boolean {
    const key = networkOf(address)
    const left = this.#left(key) - 1
    this.#allowances.delete(key)
    this.#allowances.set(key, { left: Math.max(left, -BURST), at: performance.now() })
    if (this.#allowances.size > MOST_ADDRESSES) {
      const [quietest] = this.#allowances.keys()
      this.#allowances.delete(quietest as string)
    }
    return left < 0
  }

  /** Returns whether the address has broken off too many calls lately. */
  refuses(address: string | undefined): boolean {
    return this.#left(networkOf(address)) < 0
  }

  #left(key: string): number {
    const allowance = this.#allowances.get(key)
    if (!allowance) return BURST
    return Math.min(BURST, allowance.left + (RATE * (performance.now() - allowance.at)) / 1000)
  }
}
