import type { Worker } from 'node:worker_threads'

/** How long a scrape waits for a worker that is at work, in ms. A worker that says nothing by then counts as it did before. */
const MEMORY_LIMIT = 100

const memories = new WeakMap<Worker, number>()

/** Returns how many bytes the objects and buffers of these workers take. */
export async function memoryOf(workers: readonly Worker[]): Promise<number> {
  const read = async (worker: Worker) => {
    // Node 22.15 cannot look into a worker.
    const heap = await worker.getHeapStatistics?.()
    if (heap) memories.set(worker, heap.used_heap_size + heap.external_memory)
  }
  const reads = Promise.allSettled(workers.map(read))
  await Promise.race([reads, new Promise(resolve => setTimeout(resolve, MEMORY_LIMIT).unref())])
  return workers.reduce((sum, worker) => sum + (memories.get(worker) ?? 0), 0)
}
