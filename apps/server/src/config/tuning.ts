// Every setting of V8 and malloc, with its reason. These settings keep the server's memory small under load.
// docs/decisions/0009-garbage.md has the figures.
import { getHeapStatistics, setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { isMainThread, type ResourceLimits } from 'node:worker_threads'

/** The flags that `apps/server/start` gives to Node. A test compares the two. */
export const NODE_FLAGS: readonly string[] = [
  // Network buffers are freed with the young generation. With V8's default size they take 50 MiB instead of
  // 20.
  '--max-semi-space-size=1',
  // Collecting such a small generation with helper threads costs a fifth more CPU time per upload.
  '--no-parallel-scavenge',
]

/**
 * The flags that a process sets itself when it first collects garbage. With them on the command line V8 would not use the code that Node
 * keeps of its own modules: a start and each thread would take 50 ms more CPU time.
 */
const LATE_FLAGS: readonly string[] = [
  // The functions below need `gc`. Without them V8 lets network buffers and old objects pile up.
  '--expose-gc',
  // By default V8 lets 50 MiB of promoted network buffers pile up; with a smaller value V8 collects them
  // during every upload.
  '--heap-growing-percent=100',
]

/** The variables that `apps/server/start` sets for malloc before Node starts. */
export const MALLOC_VARIABLES: readonly string[] = [
  // By default each thread keeps the memory that it has freed in an arena of its own.
  'MALLOC_ARENA_MAX=1',
  // By default glibc raises this limit over time and then keeps large buffers: 30 to 40 MiB after some
  // uploads.
  'MALLOC_MMAP_THRESHOLD_=131072',
]

/** The flags of the process that answers SQL: it makes few objects, and copies its answers into large buffers. */
export const QUERY_FLAGS: readonly string[] = ['--max-semi-space-size=1', '--max-old-space-size=96']

/** The environment of that process, and nothing of the server's. */
export const QUERY_VARIABLES: Record<string, string> = {
  MALLOC_ARENA_MAX: '2',
  MALLOC_MMAP_THRESHOLD_: '131072',
  TZ: 'UTC',
}

/**
 * Limits the JavaScript objects of a worker; the buffers that files are read into do not count. By default V8
 * lets the young generation of each worker grow to 48 MB before the first collection.
 */
export const WORKER_HEAP: ResourceLimits = { maxYoungGenerationSizeMb: 2, maxOldGenerationSizeMb: 32 }

/** Whether the process was started with `NODE_FLAGS`. Otherwise the functions below do nothing. */
export const isTuned = NODE_FLAGS.every(flag => process.execArgv.includes(flag))

/** Collects garbage that V8 would collect late or never. */
function collect(options: NodeJS.GCOptions = { type: 'major' }): void {
  if (!globalThis.gc && isTuned) {
    for (const flag of LATE_FLAGS) setFlagsFromString(flag)
    // Only a context that is made with the flag has the function.
    globalThis.gc = runInNewContext('gc')
  }
  globalThis.gc?.(options)
}

const RECEIVED_BYTES = 3 * 1024 * 1024
/**
 * How far the old objects may grow before they are collected. The main thread makes more garbage than the
 * workers, but there are eight workers.
 */
const GROWTH = isMainThread ? 1.5 : 1.3

let received = 0

/**
 * Notes that `bytes` bytes came from the network, and collects the young generation now and then. Network
 * buffers become garbage at once, but they come with hardly any JavaScript objects: V8 would let 30 MB of
 * them pile up and then go through its whole heap, which takes a quarter of the thread's time under load.
 * Collecting the young generation costs a tenth of that, and all buffers are there.
 */
export function countReceived(bytes: number): void {
  received += bytes
  if (received < RECEIVED_BYTES) return
  received = 0
  collect({ type: 'minor' })
}

let collectAbove: number | undefined

/**
 * Collects old objects once this thread's objects have grown by `GROWTH`. V8 counts network buffers as old
 * objects too: with tight limits V8 goes through the main thread's whole heap every few uploads, and with
 * loose limits every thread lets 10 MB and more of old objects pile up, the workers over hours. So this
 * function looks at the JavaScript heap alone.
 */
export function collectIfGrown(): void {
  const { used_heap_size: used } = getHeapStatistics()
  collectAbove ??= GROWTH * used
  if (used < collectAbove) return
  collect()
  collectAbove = GROWTH * getHeapStatistics().used_heap_size
}
