// Does its work once for every message, and replies when the work is done.
import { closeSync, openSync, readSync } from 'node:fs'
import { parentPort, workerData } from 'node:worker_threads'

/** Files to read, or bytes to copy. */
export type Work = { read: readonly string[] } | { copy: number }

const run = prepare(workerData)
parentPort?.on('message', () => {
  run()
  parentPort?.postMessage('done')
})

function prepare(work: Work): () => void {
  if ('read' in work) {
    const chunk = Buffer.alloc(256 * 1024)
    return () => {
      for (const path of work.read) readAll(path, chunk)
    }
  }
  const source = Buffer.alloc(work.copy, 1)
  const target = Buffer.alloc(work.copy)
  return () => target.set(source)
}

function readAll(path: string, chunk: Buffer): void {
  const file = openSync(path, 'r')
  while (readSync(file, chunk) > 0);
  closeSync(file)
}
