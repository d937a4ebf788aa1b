import { basename, join } from 'node:path'
import { inject } from 'vitest'
import { NODE_FLAGS } from '../apps/server/src/config/tuning.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The folder of the bundled programs. Undefined where the tests run the sources. */
    programs: string | undefined
  }
}

/** Returns the file that does what the module at `path` does, from the root: `bundledPrograms.ts` has bundled it. */
export function program(path: string): string {
  const folder = inject('programs')
  return folder ? join(folder, basename(path).replace(/ts$/, 'js')) : join(import.meta.dirname, '..', path)
}

/** Returns the arguments of Node that start the server, as `table-server` of the npm package does. */
export function serverProgram(): string[] {
  return [...NODE_FLAGS, program('apps/server/src/command.ts')]
}
