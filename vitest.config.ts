import { defineConfig } from 'vitest/config'
import { output } from './testing/config.ts'

// All projects in one run, so that `npm test` prints each test file as it passes.
export default defineConfig({
  test: {
    ...output,
    projects: ['apps/*', 'libs/*', 'e2e', 'bench'],
    coverage: {
      include: ['{apps,libs}/*/src/**/*.ts'],
      exclude: ['**/generated/**'],
      reporter: ['text', 'html'],
    },
  },
})
