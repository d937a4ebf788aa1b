// Fails the file operations of worker threads that MOMENT names as a broken disk does, as long as a file is there.
// Preloaded into every thread of a server.
import { existsSync } from 'node:fs'
import { atMoment } from './moment.ts'

atMoment(() => {
  if (existsSync(process.env.FUSE ?? '')) throw Object.assign(new Error('EIO: i/o error'), { code: 'EIO' })
})
