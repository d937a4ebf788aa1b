// Fails the file operations of worker threads that MOMENT names, like a broken disk, as long as a file
// exists. The file may hold another error code than EIO. Preloaded into every thread of a server.
import { existsSync, readFileSync } from 'node:fs'
import { atMoment } from './moment.ts'

const fuse = process.env.FUSE ?? ''

atMoment(path => {
  if (!existsSync(fuse)) return
  const code = readFileSync(fuse, 'utf8') || 'EIO'
  throw Object.assign(new Error(`${code}: i/o error, '${path}'`), { code, syscall: 'read' })
})
