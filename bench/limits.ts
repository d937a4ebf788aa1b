import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Worker } from 'node:worker_threads'
import type { Work } from './limitsThread.ts'

const threads = availableParallelism()

export const limitThreads = threads === 1 ? '1 thread' : `${threads} threads`

/** Returns the ms of each round of reading the files from the page cache on every core. */
export function timeReading(files: readonly string[], rounds: number): Promise<number[]> {
  return timeThreads(thread => ({ read: files.filter((_, index) => index % threads === thread) }), rounds)
}

/** Returns how many bytes a second are copied from memory to memory on every core. */
export async function copyRate(): Promise<number> {
  const bytes = 2 ** 28
  const times = await timeThreads(() => ({ copy: bytes / threads }), 5)
  return (bytes / Math.min(...times)) * 1000
}

/** Times the work on every core. The first round is a warm-up and does not count. */
async function timeThreads(workOf: (thread: number) => Work, rounds: number): Promise<number[]> {
  const workers = Array.from({ length: threads }, (_, thread) => {
    return new Worker(join(import.meta.dirname, 'limitsThread.ts'), { workerData: workOf(thread) })
  })
  const times: number[] = []
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now()
    const done = workers.map(worker => once(worker, 'message'))
    for (const worker of workers) worker.postMessage('go')
    await Promise.all(done)
    times.push(performance.now() - start)
  }
  for (const worker of workers) await worker.terminate()
  return times.slice(1)
}
