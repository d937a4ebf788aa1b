import { rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { checkGeneration, generationOfDirectory, nextGeneration } from '../../src/catalogue/generation.ts'
import { generationFile } from '../../src/paths.ts'
import { emptyCatalogue, thrown } from '../support/directories.ts'

test('the generation grows, and a directory of an earlier version has none', () => {
  const dataDir = emptyCatalogue()
  expect(generationOfDirectory(dataDir)).toBeUndefined()
  checkGeneration(dataDir)
  for (const expected of [1, 2, 3]) {
    nextGeneration(dataDir)
    expect(generationOfDirectory(dataDir)).toBe(expected)
    checkGeneration(dataDir)
  }
})

test('a catalogue that is older than the directory is not served, a newer one is', () => {
  const dataDir = emptyCatalogue()
  for (let start = 0; start < 11; start++) nextGeneration(dataDir)
  writeFileSync(generationFile(dataDir), '12\n')
  expect(thrown(() => checkGeneration(dataDir))).toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('(generation 11, expected 12): put the right one back'),
  })
  nextGeneration(dataDir)
  expect(generationOfDirectory(dataDir)).toBe(13)
  writeFileSync(generationFile(dataDir), '10\n')
  checkGeneration(dataDir)
  rmSync(generationFile(dataDir))
  checkGeneration(dataDir)
  nextGeneration(dataDir)
  expect(generationOfDirectory(dataDir)).toBe(14)
})

test('a file without a number stands for the first generation', () => {
  const dataDir = emptyCatalogue()
  writeFileSync(generationFile(dataDir), '')
  expect(generationOfDirectory(dataDir)).toBe(0)
  checkGeneration(dataDir)
})
