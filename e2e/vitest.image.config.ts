import { defineConfig } from 'vitest/config'
import { bundledPrograms, output, shared } from '../testing/config.ts'

// Tests the image, one container at a time, so that memory and times are a container's own.
export default defineConfig({
  test: {
    ...output,
    ...shared,
    include: ['test/assignment.test.ts', 'test/image/*.test.ts'],
    // The temporary files stay on the disk: in memory they would count against the memory of a container that maps them.
    globalSetup: [bundledPrograms, 'support/buildImage.ts'],
    provide: { target: 'image' },
    fileParallelism: false,
  },
})
