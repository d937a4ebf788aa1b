// Cache compiled modules on the disk, where each worker finds them. Otherwise every thread loads the 12 MB
// compiler that strips the types from TypeScript.
import { createRequire, enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

const { directory } = enableCompileCache(
  fileURLToPath(new URL('../../../node_modules/.cache/table', import.meta.url)),
)
const { run } = await import('./run.ts')
// Load the worker with `require` as Piscina does: the cache keeps required and imported modules apart.
createRequire(import.meta.url)('./workers/worker.ts')
flushCompileCache()
if (directory) process.env.NODE_COMPILE_CACHE = directory
await run()
