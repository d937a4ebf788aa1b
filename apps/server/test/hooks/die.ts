// Ends a worker thread once. Preloaded into every thread of a server.
import { existsSync, rmSync } from 'node:fs'
import { atMoment } from './moment.ts'

const fuse = process.env.FUSE ?? ''

atMoment(() => {
  if (!existsSync(fuse)) return
  rmSync(fuse)
  process.exit(3)
})
