import { defineConfig } from 'vitest/config'
import { output, shared } from '../../testing/config.ts'

// A process runs many files: two fifths of their CPU time was that of starting processes and loading modules.
export default defineConfig({
  test: {
    ...output,
    ...shared,
    isolate: false,
    setupFiles: [shared.setupFiles, 'test/support/setup.ts'],
  },
})
