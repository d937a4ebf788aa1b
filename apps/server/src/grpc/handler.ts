import { StorageError } from '@table/storage'
import type { Call } from './call.ts'
import { seenByClient } from './status.ts'

/**
 * Answers calls with what an asynchronous `method` makes of them. It is the one place where errors become what the client sees.
 * `refusal` makes the response for an error that is the client's to mend.
 */
export function unary<Response>(
  method: (call: Call) => Promise<Response>,
  encode: (response: Response) => Uint8Array,
  refusal: (error: string) => Response,
): (call: Call) => Promise<void> {
  return async call => {
    try {
      call.succeed(encode(await method(call)))
    } catch (error) {
      // A call that is over has nobody to answer to.
      const cancelled = Atomics.load(call.cancellation, 0) !== 0
      if (cancelled && error instanceof StorageError && error.code === 'cancelled') return
      const seen = seenByClient(error)
      if ('error' in seen) call.succeed(encode(refusal(seen.error)))
      else call.fail(seen)
    }
  }
}
