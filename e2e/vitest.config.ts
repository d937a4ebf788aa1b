import { defineConfig } from 'vitest/config'

// Against the server as `npm start` starts it. Needs no Docker.
export default defineConfig({
  test: {
    include: ['test/*.test.ts'],
    provide: { target: 'process' },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
  },
})
