import { StorageError } from './errors.ts'

/**
 * A cancellation that threads share, over a SharedArrayBuffer. Any value but 0 at [0] means that nobody waits
 * for the answer any more.
 */
export type Cancellation = Int32Array

/** Throws StorageError `cancelled` if nobody waits for the answer any more. Call this once per block of work. */
export function throwIfCancelled(cancellation: Cancellation | undefined): void {
  if (cancellation && Atomics.load(cancellation, 0) !== 0) {
    throw new StorageError('cancelled', 'cancelled: nobody waits for the answer')
  }
}
