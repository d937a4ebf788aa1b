import { workerData } from 'node:worker_threads'
import { type Listing, presentIn } from './presentFiles.ts'

const { directory, finished, answer } = workerData as Listing
try {
  answer.postMessage(presentIn(directory))
} finally {
  Atomics.store(finished, 0, 1)
  Atomics.notify(finished, 0)
}
