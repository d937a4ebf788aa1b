// Answers each number of bytes with what Arrival.waitFor says, or with the code of what it throws.
import { parentPort, workerData } from 'node:worker_threads'
import { Arrival } from '../../src/catalogue/arrival.ts'

const arrival = new Arrival(workerData)

parentPort?.on('message', wanted => {
  try {
    parentPort?.postMessage(arrival.waitFor(wanted))
  } catch (error) {
    parentPort?.postMessage((error as { code: string }).code)
  }
})
