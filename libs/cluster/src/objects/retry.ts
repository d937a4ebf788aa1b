import { setTimeout as pause } from 'node:timers/promises'

/** For how long a request is tried again, in ms: a store that restarts, or a network that is cut for some seconds, fails no upload. */
const PATIENCE = 25_000
const FIRST_PAUSE = 100
const LONGEST_PAUSE = 2000

/** A failure that may be over the next time. */
export class Transient extends Error {
  override readonly name = 'Transient'
}

/** Tries again what failed with `Transient`, with growing pauses, until it works or has failed for too long; then throws its cause. */
export async function withRetries<T>(attempt: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  const end = performance.now() + PATIENCE
  for (let longest = FIRST_PAUSE; ; longest = Math.min(2 * longest, LONGEST_PAUSE)) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof Transient)) throw error
      if (performance.now() > end) throw error.cause
      await pause(longest * (0.5 + Math.random() / 2), undefined, signal ? { signal } : {})
    }
  }
}
