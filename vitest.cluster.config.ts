import { defineConfig } from 'vitest/config'
import { bundledPrograms, output, shared } from './testing/config.ts'

// Tests against real parts: PostgreSQL, an object store and an engine, which `scripts/cluster` starts once for the whole run.
export default defineConfig({
  test: {
    ...output,
    ...shared,
    include: ['libs/*/test/parts/**/*.test.ts', 'e2e/test/cluster/**/*.test.ts'],
    // The temporary files stay on the disk: the store keeps attributes of objects with its files, which not every kernel has in memory.
    globalSetup: [bundledPrograms, 'testing/cluster/setup.ts'],
  },
})
