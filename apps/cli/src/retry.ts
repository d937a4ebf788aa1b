import { setTimeout as pause } from 'node:timers/promises'
import { TransientError } from './errors.ts'

/** In ms. How long failing attempts are repeated: longer than a server takes to restart. */
const RETRY_LIMIT = 60_000
const FIRST_WAIT = 100
const LONGEST_WAIT = 5000

/**
 * Repeats `attempt` while it throws a TransientError, with growing waits between the attempts. Calls
 * `onRetry` before each wait with the time when it gives up. After `limit` ms, throws the most telling failure.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  onRetry: (until: Date) => void,
  limit = RETRY_LIMIT,
): Promise<T> {
  let failure: TransientError | undefined
  let failingSince = 0
  for (let wait = FIRST_WAIT; ; wait = Math.min(2 * wait, LONGEST_WAIT)) {
    try {
      return await attempt()
    } catch (error) {
      if (!(error instanceof TransientError)) throw error
      if (!failure) failingSince = performance.now()
      // Keep a failure that says the data may be stored: later failures do not change that.
      if (!failure?.unsure) failure = error
      // Spread the retries, so that uploads that failed together do not all come back at once.
      const jittered = wait * (0.5 + Math.random() / 2)
      const left = limit - (performance.now() - failingSince)
      if (jittered > left) throw failure
      onRetry(new Date(Date.now() + left))
      await pause(jittered)
    }
  }
}
