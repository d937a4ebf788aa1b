import { afterEach, expect, test } from 'vitest'
import { freeBytes } from '../src/files.ts'
import { checkFreeSpace, checkFreeSpaceAsync, spareBytes } from '../src/freeSpace.ts'
import { defaultStorageLimits, setStorageLimits } from '../src/limits.ts'
import { temporaryDirectory } from './support/directories.ts'

/** Other programs write to the disk meanwhile. */
const ROOM = 2 ** 30
const keep = (keptFreeBytes: number) => setStorageLimits({ ...defaultStorageLimits, keptFreeBytes })
afterEach(() => setStorageLimits(defaultStorageLimits))

test('uploads are refused while the disk has less free space than is kept back', async () => {
  const directory = temporaryDirectory()
  keep(freeBytes(directory) - ROOM)
  checkFreeSpace(directory)
  await checkFreeSpaceAsync(directory)
  keep(freeBytes(directory) + ROOM)
  const refusal = expect.objectContaining({
    code: 'disk-full',
    message: expect.stringMatching(/^the server's disk has \d+ bytes free, \d+ are kept back/),
  })
  expect(() => checkFreeSpace(directory)).toThrow(refusal)
  await expect(checkFreeSpaceAsync(directory)).rejects.toEqual(refusal)
})

test('what may be written is what is free beyond that, and never less than nothing', async () => {
  const directory = temporaryDirectory()
  const free = freeBytes(directory)
  keep(free - 3 * ROOM)
  expect(Math.abs((await spareBytes(directory)) - 3 * ROOM)).toBeLessThan(ROOM)
  keep(free + ROOM)
  expect(await spareBytes(directory)).toBe(0)
})
