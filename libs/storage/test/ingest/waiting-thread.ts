// Answers each number of bytes with the result of Arrival.waitFor or the code of its error, and `disk` with
// the result of waitForDisk.
import { parentPort, workerData } from 'node:worker_threads'
import { Arrival } from '../../src/ingest/arrival.ts'

const arrival = new Arrival(workerData)

parentPort?.on('message', wanted => {
  try {
    parentPort?.postMessage(wanted === 'disk' ? arrival.waitForDisk() : arrival.waitFor(wanted))
  } catch (error) {
    parentPort?.postMessage((error as { code: string }).code)
  }
})
