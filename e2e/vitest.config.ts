import { defineConfig } from 'vitest/config'
import { output, shared } from '../testing/config.ts'

// Tests the server as `npm start` starts it, without Docker.
export default defineConfig({
  test: { ...output, ...shared, include: ['test/*.test.ts'], provide: { target: 'process' } },
})
