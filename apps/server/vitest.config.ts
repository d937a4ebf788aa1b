import { defineConfig } from 'vitest/config'
import { bundledParts } from '../../testing/bundledParts.ts'
import { output, shared } from '../../testing/config.ts'

// A process runs many files: a fifth of their CPU time was that of starting processes and loading modules. What a test changes in the
// process it brings back, and a test of what a module counts loads the module anew.
export default defineConfig({ plugins: [bundledParts], test: { ...output, ...shared, isolate: false } })
