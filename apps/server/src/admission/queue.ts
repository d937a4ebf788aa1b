import { Semaphore } from 'async-mutex'

/**
 * Lets at most `limit` pieces of work run at once. The others wait, first come, first served, and take no more memory than their
 * requests; one whose signal is aborted meanwhile never runs.
 */
export function queue(limit: number): <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  const places = new Semaphore(limit)
  return (work, signal) =>
    places.runExclusive(() => {
      signal.throwIfAborted()
      return work()
    })
}
