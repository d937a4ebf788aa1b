import { defineConfig } from 'vitest/config'
import { output, shared } from '../testing/config.ts'

// Against the server as `npm start` starts it. Needs no Docker.
export default defineConfig({
  test: { ...output, ...shared, include: ['test/*.test.ts'], provide: { target: 'process' } },
})
