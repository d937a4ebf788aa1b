import { StorageError } from './errors.ts'

/** Shared between threads, over a SharedArrayBuffer: anything but 0 at [0] says that nobody waits any more. */
export type Cancellation = Int32Array

/** Throws StorageError `cancelled` if nobody waits any more. To be called once per block of work. */
export function throwIfCancelled(cancellation: Cancellation | undefined): void {
  if (cancellation && Atomics.load(cancellation, 0) !== 0) {
    throw new StorageError('cancelled', 'cancelled: nobody waits for the answer')
  }
}
