// How a sum or an upload is cancelled: the main thread sets a flag in shared memory, and the workers look at
// the flag once per block of work.
import { StorageError } from './errors.ts'

/**
 * A cancellation that threads share, over a SharedArrayBuffer. Any value but 0 at [0] means that nobody waits
 * for the answer any more.
 */
export type Cancellation = Int32Array

/** Returns a cancellation that happens when the signal is aborted. */
export function cancellationOf(signal: AbortSignal): Cancellation {
  const cancellation: Cancellation = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT))
  if (signal.aborted) cancel(cancellation)
  else signal.addEventListener('abort', () => cancel(cancellation), { once: true })
  return cancellation
}

function cancel(cancellation: Cancellation): void {
  Atomics.store(cancellation, 0, 1)
}

/** Waits for work that several workers share. Cancels what is left of the work after the first error, which is the answer. */
export async function cancelledOnError<T>(cancellation: Cancellation, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    cancel(cancellation)
    throw error
  }
}

/** Throws StorageError `cancelled` if nobody waits for the answer any more. Call this once per block of work. */
export function throwIfCancelled(cancellation: Cancellation | undefined): void {
  if (cancellation && Atomics.load(cancellation, 0) !== 0) {
    throw new StorageError('cancelled', 'cancelled: nobody waits for the answer')
  }
}
