import { defineConfig } from 'vitest/config'

// The sample is what the tests of mutate run tests of.
export default defineConfig({
  test: { include: ['test/**/*.test.ts'], exclude: ['test/mutate/sample/**'], testTimeout: 120_000 },
})
