import { defineConfig } from 'vitest/config'
import { output, shared } from '../testing/config.ts'

// Installs the npm packages that `npm run pack` has made. Takes the network.
export default defineConfig({
  test: { ...output, ...shared, include: ['test/packages/*.test.ts'] },
})
