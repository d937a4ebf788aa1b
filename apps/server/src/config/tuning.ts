// Every setting of V8 and of malloc, with its reason: what keeps the server's memory small under load. docs/decisions/0009-garbage.md
// has the figures.
import { getHeapStatistics } from 'node:v8'
import { isMainThread, type ResourceLimits } from 'node:worker_threads'

/** What `apps/server/start` gives Node on its command line. A test compares the two. */
export const NODE_FLAGS: readonly string[] = [
  // Network buffers are freed with the young generation. With V8's own size they take 50 MiB instead of 20.
  '--max-semi-space-size=1',
  // Collecting so small a generation with helper threads costs a fifth more CPU time an upload.
  '--no-parallel-scavenge',
  // The functions below need it. Without it V8 lets network buffers and old objects gather.
  '--expose-gc',
  // Without it 50 MiB of network buffers that came to be old gather; with less, V8 looks for them in every upload.
  '--heap-growing-percent=100',
]

/** What `apps/server/start` sets for malloc before Node starts. */
export const MALLOC_VARIABLES: readonly string[] = [
  // Each thread would keep an arena of its own with what it once freed.
  'MALLOC_ARENA_MAX=1',
  // glibc raises this limit as it goes, and then keeps large buffers: 30 to 40 MiB after some uploads.
  'MALLOC_MMAP_THRESHOLD_=131072',
]

/**
 * What a worker's JavaScript objects may take; the buffers that files are read into are beside these. V8 would let the young
 * generation of each worker grow to 48 MB before it cleans up.
 */
export const WORKER_HEAP: ResourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 }

// The rest of this file collects garbage that V8 would not collect, or would collect too late. Without `--expose-gc` all is left to V8.

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

let collectAbove = 0

/**
 * Collects old objects, if this thread's have grown. V8 counts network buffers among them, and would go through the whole heap of
 * the main thread for each few uploads. With so large limits that it does not, it would let every thread gather 10 MB and more of
 * old objects, the workers over hours. So the objects alone are looked at here.
 */
export function collectIfGrown(): void {
  if (!globalThis.gc || getHeapStatistics().used_heap_size < collectAbove) return
  globalThis.gc()
  collectAbove = GROWTH * getHeapStatistics().used_heap_size
}
