import { type handleUnaryCall, type Metadata, status } from '@grpc/grpc-js'
import { type Cancellation, StorageError } from '@table/storage'
import { StatusError } from './errors.ts'
import { collectIfGrown } from './garbage.ts'
import { seenByClient } from './status.ts'

/** The calls that run, so that a server can let them finish before it stops. */
export class Calls {
  /** No call begins any more. */
  draining = false
  readonly #limit: number
  readonly #running = new Map<Promise<void>, (reason: StatusError) => void>()

  /** `limit`: how long a call may take, in seconds. */
  constructor(limit: number) {
    this.#limit = limit
  }

  /** `end` ends the call before `work` has. */
  add(work: Promise<void>, end: (reason: StatusError) => void): void {
    const timer = setTimeout(() => end(tookTooLong(this.#limit)), 1000 * this.#limit)
    this.#running.set(work, end)
    void work.finally(() => {
      clearTimeout(timer)
      this.#running.delete(work)
      collectIfGrown()
    })
  }

  /** Resolves when none runs. */
  async finished(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running.keys())
  }

  abort(): void {
    for (const end of this.#running.values()) end(shuttingDown())
  }
}

/**
 * A handler for grpc-js from an asynchronous function. It is the one place where errors become what the client sees.
 * `refusal` makes the response for an error that is the client's to mend. The `cancellation` is set when nobody
 * waits for the answer any more; the `metadata` came with the request.
 */
export function unary<Request, Response>(
  calls: Calls,
  method: (request: Request, cancellation: Cancellation, metadata: Metadata) => Promise<Response>,
  refusal: (error: string) => Response,
): handleUnaryCall<Request, Response> {
  return (call, callback) => {
    if (calls.draining) return callback(shuttingDown())

    const cancellation: Cancellation = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
    const cancel = () => Atomics.store(cancellation, 0, 1)
    call.once('cancelled', cancel)
    const answerError = (error: unknown) => {
      // A call that is over has nobody to answer to. grpc-js ignores a second answer, so this one may come late.
      if (call.cancelled && error instanceof StorageError && error.code === 'cancelled') return
      const seen = seenByClient(error)
      if ('error' in seen) callback(null, refusal(seen.error))
      else callback(seen)
    }
    const work = method(call.request, cancellation, call.metadata).then(
      response => callback(null, response),
      answerError,
    )
    calls.add(work, reason => {
      callback(reason)
      cancel()
    })
  }
}

function shuttingDown(): StatusError {
  return new StatusError(status.UNAVAILABLE, 'the server is shutting down: try again later')
}

function tookTooLong(limit: number): StatusError {
  return new StatusError(
    status.DEADLINE_EXCEEDED,
    `the call was not done after ${limit} s, at most ${limit} s are allowed`,
  )
}
