import { defineConfig } from 'vitest/config'
import { output, shared } from '../../testing/config.ts'

// Tests against real parts: PostgreSQL, an object store, an engine.
export default defineConfig({
  test: { ...output, ...shared, root: import.meta.dirname, include: ['test/parts/**/*.test.ts'] },
})
