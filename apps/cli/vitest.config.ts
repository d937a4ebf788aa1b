import { defineConfig } from 'vitest/config'

// Most tests start processes, which takes a while on a busy machine.
export default defineConfig({ test: { testTimeout: 120_000 } })
