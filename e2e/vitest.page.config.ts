import { defineConfig } from 'vitest/config'
import { output, shared } from '../testing/config.ts'

// Tests the page in a browser, against the real server.
export default defineConfig({
  test: {
    ...output,
    ...shared,
    include: ['test/page/*.test.ts'],
    globalSetup: [...shared.globalSetup, 'support/installBrowser.ts'],
    // A browser takes more than a core.
    fileParallelism: false,
  },
})
