import { type Cancellation, StorageError } from '@table/storage'
import { Semaphore } from 'async-mutex'

/**
 * `method`, of which at most `limit` calls run at once. The others wait, first come, first served, and take no more memory than
 * their requests; one that is cancelled meanwhile never runs.
 */
export function queued<Request, Response>(
  limit: number,
  method: (request: Request, cancellation: Cancellation) => Promise<Response>,
): typeof method {
  const turns = new Semaphore(limit)
  return (request, cancellation) =>
    turns.runExclusive(() => {
      if (Atomics.load(cancellation, 0) !== 0)
        throw new StorageError('cancelled', 'nobody waits for this call')
      return method(request, cancellation)
    })
}
