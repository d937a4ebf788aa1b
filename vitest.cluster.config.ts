import { defineConfig } from 'vitest/config'
import { output, shared } from './testing/config.ts'

// Tests against real parts: PostgreSQL, an object store and an engine, which `scripts/cluster` starts once for the whole run.
export default defineConfig({
  test: {
    ...output,
    ...shared,
    include: ['libs/*/test/parts/**/*.test.ts', 'e2e/test/cluster/**/*.test.ts'],
    globalSetup: 'testing/cluster/setup.ts',
  },
})
