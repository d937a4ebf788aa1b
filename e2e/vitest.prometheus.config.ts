import { defineConfig } from 'vitest/config'
import { output, shared } from '../testing/config.ts'

// Watches a server with Debian's Prometheus, and checks what `deploy/` has for it.
export default defineConfig({
  test: {
    ...output,
    ...shared,
    include: ['test/prometheus/*.test.ts'],
    globalSetup: [...shared.globalSetup, 'support/installPrometheus.ts'],
  },
})
