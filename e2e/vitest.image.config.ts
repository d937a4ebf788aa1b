import { defineConfig } from 'vitest/config'

// Against the image, one container at a time, so that memory and times are its own.
export default defineConfig({
  test: {
    include: ['test/assignment.test.ts', 'test/image/*.test.ts'],
    globalSetup: 'support/buildImage.ts',
    provide: { target: 'image' },
    testTimeout: 300_000,
    hookTimeout: 300_000,
    fileParallelism: false,
  },
})
