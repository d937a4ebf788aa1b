import { networkOf } from './network.ts'

/** Calls that a client address may break off at once, and then in a second. */
const BURST = 1000
const RATE = 100
/** Addresses that are remembered. With more of them, those that have been quiet for the longest are forgotten. */
const MOST_ADDRESSES = 10_000

/**
 * Counts the calls that clients break off, by their address. To open and reset a stream costs a client nothing and the server some
 * work, and a client whose connection is closed for it could come again at once.
 */
export class Resets {
  readonly #allowances = new Map<string, { left: number; at: number }>()

  /** Counts one. Returns whether that was one too many. */
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

  /** Whether the address has broken off too many lately. */
  refuses(address: string | undefined): boolean {
    return this.#left(networkOf(address)) < 0
  }

  #left(key: string): number {
    const allowance = this.#allowances.get(key)
    if (!allowance) return BURST
    return Math.min(BURST, allowance.left + (RATE * (performance.now() - allowance.at)) / 1000)
  }
}
