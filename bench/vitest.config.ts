import { defineConfig } from 'vitest/config'
import { output, shared } from '../testing/config.ts'

// The tests of mutate run the tests of the sample themselves.
export default defineConfig({
  test: { ...output, ...shared, include: ['test/**/*.test.ts'], exclude: ['test/mutate/sample/**'] },
})
