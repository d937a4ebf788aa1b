/**
 * Lets at most `limit` pieces of work run at once. The others wait in order of arrival, and take only the
 * memory of their requests. Work whose signal is aborted while it waits never runs, and fails at once: until
 * its turn it would keep its memory, and a place among those who may wait.
 */
export function queue(limit: number): <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T> {
  const waiting = new Set<() => void>()
  let free = limit
  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const begin = () => {
        signal.removeEventListener('abort', leave)
        resolve()
      }
      const leave = () => {
        waiting.delete(begin)
        reject(signal.reason)
      }
      signal.addEventListener('abort', leave, { once: true })
      waiting.add(begin)
    })
  return async (work, signal) => {
    signal.throwIfAborted()
    if (free > 0) free--
    else await turn(signal)
    try {
      signal.throwIfAborted()
      return await work()
    } finally {
      const [next] = waiting
      if (next) {
        waiting.delete(next)
        next()
      } else free++
    }
  }
}
