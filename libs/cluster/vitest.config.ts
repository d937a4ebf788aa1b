import { configDefaults, defineConfig } from 'vitest/config'
import { output, shared } from '../../testing/config.ts'

// Tests what needs none of the parts of a cluster: `npm run test:cluster` has the others.
export default defineConfig({
  test: {
    ...output,
    ...shared,
    exclude: [...configDefaults.exclude, 'test/parts/**'],
  },
})
