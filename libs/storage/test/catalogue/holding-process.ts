// A process that holds the data directory it is given until it is killed, and keeps no reference to the hold.
import { takeHold } from '../../src/catalogue/hold.ts'

takeHold(process.argv[2])
setTimeout(() => {
  globalThis.gc?.()
  console.log('held')
})
setInterval(() => {}, 1 << 30)
