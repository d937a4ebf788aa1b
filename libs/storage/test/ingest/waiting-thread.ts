// Answers each number of bytes with what Arrival.waitFor says, or with the code of what it throws, `disk` with what waitForDisk says.
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
