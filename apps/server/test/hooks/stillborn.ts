// Ends a worker thread that is loading, as long as a file exists, and once ends a worker that reads a file of
// the table. Preloaded into every thread of a server.
import { existsSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { atMoment } from './moment.ts'

const fuse = process.env.FUSE ?? ''

if (!isMainThread && existsSync(fuse)) throw new Error('stillborn')
atMoment(() => {
  if (existsSync(fuse)) process.exit(3)
})
