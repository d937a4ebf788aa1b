// Keeps compiled modules on the disk, where each worker finds them. Otherwise every thread loads the compiler that
// takes the types out of TypeScript, which is 12 MB.
import { createRequire, enableCompileCache, flushCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

const { directory } = enableCompileCache(
  fileURLToPath(new URL('../../../node_modules/.cache/table', import.meta.url)),
)
const { run } = await import('./run.ts')
// As Piscina does: what is required is not kept with what is imported.
createRequire(import.meta.url)('./workers/worker.ts')
flushCompileCache()
if (directory) process.env.NODE_COMPILE_CACHE = directory
await run()
