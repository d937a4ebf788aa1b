import { defineConfig } from 'vitest/config'
import { output, shared } from '../../testing/config.ts'

// The kernels keep nothing between tests, so a process runs many files: half of their CPU time was that of starting processes.
export default defineConfig({ test: { ...output, ...shared, isolate: false } })
