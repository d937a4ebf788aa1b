import { setTimeout as pause } from 'node:timers/promises'
import { TransientError } from './errors.ts'

/** Milliseconds from the first failure until what still fails has failed: longer than a server takes to start again. */
const RETRY_LIMIT = 60_000
const FIRST_WAIT = 100
const LONGEST_WAIT = 5000

/**
 * Makes attempts until one does not end in a TransientError, with longer and longer waits between them. Throws the failure that
 * says most when they take too long; `onRetry` is called before each wait.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  onRetry: () => void,
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
      // That the data may be stored stays true whatever happens afterwards.
      if (!failure?.unsure) failure = error
      // Uploads that were lost together must not all come back at the same moment.
      const jittered = wait * (0.5 + Math.random() / 2)
      if (performance.now() - failingSince + jittered > limit) throw failure
      onRetry()
      await pause(jittered)
    }
  }
}
