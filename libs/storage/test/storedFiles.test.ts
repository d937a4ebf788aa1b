import { rmSync, symlinkSync, truncateSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { closeFile, openFile } from '../src/files.ts'
import { checkRange, openStored, readWhole } from '../src/storedFiles.ts'
import { thrown } from './support/directories.ts'
import { temporaryFile, temporaryPath } from './support/files.ts'

function openedFile(content: string) {
  const file = openFile(temporaryFile(content))
  onTestFinished(() => closeFile(file))
  return file
}

test('a file is opened if it is there and has the expected size', () => {
  const path = temporaryFile('12345')
  for (const bytes of [5, undefined]) {
    const file = openStored(path, bytes)
    expect(file.size).toBe(5)
    closeFile(file)
  }
  for (const bytes of [4, 6])
    expect(thrown(() => openStored(path, bytes))).toMatchObject({
      code: 'damaged',
      message: `${path} has 5 bytes, expected ${bytes}`,
    })
})

test('a file that is missing, or a link, is damage', () => {
  const path = temporaryFile('1')
  const link = temporaryPath('link')
  rmSync(link, { force: true })
  symlinkSync(path, link)
  expect(thrown(() => openStored(link, undefined))).toMatchObject({ code: 'damaged' })
  rmSync(path)
  expect(thrown(() => openStored(path, undefined))).toMatchObject({
    code: 'damaged',
    message: `${path} is missing`,
  })
  expect(thrown(() => openStored(`${temporaryFile('1')}/x`, undefined)).code).toBe('ENOTDIR')
})

test('a range has to lie in the file', () => {
  const file = openedFile('12345')
  for (const [position, length] of [
    [0, 5],
    [5, 0],
    [2, 3],
  ] as const)
    expect(() => checkRange(file, position, length)).not.toThrow()
  for (const [position, length] of [
    [-1, 3],
    [0, 6],
    [5, 1],
    [6, 0],
  ] as const)
    expect(thrown(() => checkRange(file, position, length))).toMatchObject({ code: 'damaged' })
})

test('a file that became shorter is damage, not fewer bytes', () => {
  const file = openedFile('12345')
  const target = Buffer.alloc(3)
  readWhole(file, target, 2)
  expect(target.toString()).toBe('345')
  truncateSync(file.path, 4)
  expect(thrown(() => readWhole(file, target, 2))).toMatchObject({ code: 'damaged' })
})
