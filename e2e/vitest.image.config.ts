import { defineConfig } from 'vitest/config'
import { output, shared } from '../testing/config.ts'

// Tests the image, one container at a time, so that memory and times are a container's own.
export default defineConfig({
  test: {
    ...output,
    ...shared,
    include: ['test/assignment.test.ts', 'test/image/*.test.ts'],
    globalSetup: [shared.globalSetup, 'support/buildImage.ts'],
    provide: { target: 'image' },
    fileParallelism: false,
  },
})
