// Vitest kills its processes, so that Node would not keep what it has compiled for the next test file.
import { flushCompileCache } from 'node:module'
import { afterAll } from 'vitest'

afterAll(() => flushCompileCache())
