import { defineConfig } from 'vitest/config'

// Property tests take their time, and more of it on a busy machine: no test is about speed.
export default defineConfig({ test: { testTimeout: 300_000, hookTimeout: 300_000 } })
