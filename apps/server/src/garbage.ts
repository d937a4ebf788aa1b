// Garbage collections that V8 would not do, or would do too late. They need Node's `--expose-gc`: without it all is left to V8.
import { getHeapStatistics } from 'node:v8'
import { isMainThread } from 'node:worker_threads'

const RECEIVED_BYTES = 3 * 1024 * 1024
/** How far the old objects may grow. There are eight workers, and the main thread makes more garbage. */
const GROWTH = isMainThread ? 1.5 : 1.3

let received = 0

/**
 * Says that so many bytes came from the network. Their buffers are garbage a moment later, but hardly any JavaScript objects come
 * with them: V8 would let 30 MB of them gather and then go through its whole heap, which under load takes a quarter of the
 * thread's time. They are all in the young generation, and looking there now and then is a tenth of that.
 */
export function countReceived(bytes: number): void {
  received += bytes
  if (received < RECEIVED_BYTES) return
  received = 0
  globalThis.gc?.({ type: 'minor' })
}

let limit = 0

/**
 * Collects old objects, if this thread's have grown. V8 counts network buffers among them, and would go through the whole heap of
 * the main thread for each few uploads. With so large limits that it does not, it would let every thread gather 10 MB and more of
 * old objects, the workers over hours. So the objects alone are looked at here.
 */
export function collectIfGrown(): void {
  if (!globalThis.gc || getHeapStatistics().used_heap_size < limit) return
  globalThis.gc()
  limit = GROWTH * getHeapStatistics().used_heap_size
}
