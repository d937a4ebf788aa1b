import { Semaphore } from 'async-mutex'

/**
 * Lets at most `limit` pieces of work run at once. The others wait in order of arrival, and take only the
 * memory of their requests. Work whose signal is aborted while it waits never runs.
 */
export function queue(limit: number): <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  const places = new Semaphore(limit)
  return (work, signal) =>
    places.runExclusive(() => {
      signal.throwIfAborted()
      return work()
    })
}
