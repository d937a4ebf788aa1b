import { extname, join } from 'node:path'
import { MessageChannel, type MessagePort, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { IdSet } from '../catalogue/idSet.ts'
import { eachName } from '../files.ts'
import { type Format, formats, parseFileName } from '../paths.ts'

/** The ids that have a file of each format. */
export type Present = Record<Format, IdSet>

/** What the thread of `listMeanwhile` gets. */
export interface Listing {
  directory: string
  /** Becomes 1 when the thread has finished. */
  finished: Int32Array
  answer: MessagePort
}

/** How long to wait for the thread, in ms. It never answers if it could not be loaded. */
const LONGEST = 60_000

export function presentIn(directory: string): Present {
  const present = { csv: new IdSet(), parquet: new IdSet() }
  for (const name of eachName(directory)) {
    const file = parseFileName(name)
    if (file) present[file.format].add(file.id)
  }
  return present
}

/**
 * Lists a directory in a thread of its own. Returns a function that waits for the thread, so that the caller can do something else first.
 * If the thread fails, the function lists the directory itself.
 */
export function presentMeanwhile(directory: string): () => Present {
  const finished = new Int32Array(new SharedArrayBuffer(4))
  const { port1, port2 } = new MessageChannel()
  const workerData: Listing = { directory, finished, answer: port2 }
  // In the npm package the thread is plain JavaScript.
  const thread = join(import.meta.dirname, `listingThread${extname(import.meta.filename)}`)
  new Worker(thread, { workerData, transferList: [port2] }).on('error', () => {}).unref()
  return () => {
    Atomics.wait(finished, 0, 0, LONGEST)
    const present: Present | undefined = receiveMessageOnPort(port1)?.message
    port1.close()
    if (!present) return presentIn(directory)
    for (const format of formats) present[format] = new IdSet(present[format])
    return present
  }
}
