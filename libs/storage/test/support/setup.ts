// Runs for each test file. A process loads our modules once for many test files, and no file may change what the next one finds.
import { afterAll, vi } from 'vitest'
import { observeFileOperations } from '../../src/files.ts'
import { defaultStorageLimits, setStorageLimits } from '../../src/limits.ts'
import { removeTemporaryFiles } from './files.ts'
import { removeFixtures } from './fixture.ts'

afterAll(() => {
  vi.restoreAllMocks()
  observeFileOperations(undefined)
  setStorageLimits(defaultStorageLimits)
  removeTemporaryFiles()
  removeFixtures()
})
