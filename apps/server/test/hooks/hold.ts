// Holds worker threads as long as a file exists, reports that in a second file, and counts in a third how
// often the moment came. Preloaded into every thread of a server.
import { appendFileSync, existsSync, writeFileSync } from 'node:fs'
import { atMoment } from './moment.ts'

const fuse = process.env.FUSE ?? ''
const clock = new Int32Array(new SharedArrayBuffer(4))

atMoment(() => {
  appendFileSync(`${fuse}.count`, '.')
  while (existsSync(fuse)) {
    writeFileSync(`${fuse}.holds`, '')
    Atomics.wait(clock, 0, 0, 1)
  }
})
