// A process that locks the given data directory until it is killed, and keeps no reference to the lock.
import { takeDirectoryLock } from '../../src/directory/directoryLock.ts'

takeDirectoryLock(process.argv[2])
setTimeout(() => {
  globalThis.gc?.()
  console.log('held')
})
setInterval(() => {}, 1 << 30)
