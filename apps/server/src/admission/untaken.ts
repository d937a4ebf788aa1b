import { ServiceError } from '@table/table'

/** The most bytes that answers which their clients have not taken yet may hold together, over all transports. */
const MOST_BYTES = 32 * 1024 * 1024
/** An answer of at most this many bytes is never refused. */
const SMALL_BYTES = 64 * 1024
let untaken = 0

/**
 * Counts an answer of `bytes` bytes until `releaseAnswer`. Throws `unavailable` if too much waits for clients. `changes`: whether
 * the call has changed the table, so that its answer must not be refused.
 */
export function holdAnswer(bytes: number, changes: boolean): void {
  if (!changes && bytes > SMALL_BYTES && untaken + bytes > MOST_BYTES)
    throw new ServiceError(
      'unavailable',
      `answers of ${untaken} bytes wait for their clients, at most ${MOST_BYTES} are allowed: try again later`,
    )
  untaken += bytes
}

/** Ends the count of an answer whose client has taken it or is gone. */
export function releaseAnswer(bytes: number): void {
  untaken -= bytes
}
