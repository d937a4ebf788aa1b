import { defineConfig } from 'vitest/config'
import { output, shared } from '../testing/config.ts'

// The tests of mutate run the sample's tests themselves.
export default defineConfig({
  test: { ...output, ...shared, include: ['test/**/*.test.ts'], exclude: ['test/mutate/sample/**'] },
})
