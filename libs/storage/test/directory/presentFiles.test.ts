import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { closeDatabase } from '../../src/catalogue/connection.ts'
import { presentIn, presentMeanwhile } from '../../src/directory/presentFiles.ts'
import { openStore } from '../../src/directory/store.ts'
import { filesDirectory, storedFile } from '../../src/paths.ts'
import {
  listedIds,
  opened,
  operationsOf,
  putUpload,
  temporaryDirectory,
  thrown,
  uploadOf,
} from '../support/directories.ts'

/** Makes a closed data directory whose last number says that it has many uploads. */
function large(): string {
  const dataDir = temporaryDirectory()
  openStore(dataDir).close()
  for (const id of [1, 2, 100_000]) putUpload(dataDir, uploadOf(id))
  closeDatabase(dataDir)
  return dataDir
}

test('a start with many uploads lists their files in a thread, and says what it does', async () => {
  const dataDir = large()
  const said: string[] = []
  const operations = operationsOf(() => openStore(dataDir, line => said.push(line)).close())
  expect(operations).not.toContain('list files')
  expect(said).toEqual([
    'reading the catalogue: up to 100000 uploads',
    expect.stringMatching(/^read 3 uploads in \d+\.\d s$/),
  ])
  expect(await listedIds(opened(dataDir, () => {}))).toEqual([1, 2, 100_000])
})

test('a start with many uploads is refused if a file is missing', () => {
  const dataDir = large()
  rmSync(storedFile(dataDir, 2, 'parquet'))
  expect(thrown(() => openStore(dataDir, () => {})).message).toContain('00000002.parquet')
})

test('the thread finds the same files', () => {
  const directory = filesDirectory(large())
  writeFileSync(join(directory, 'notes.txt'), 'x')
  expect(presentMeanwhile(directory)()).toEqual(presentIn(directory))
})

test('a directory that the thread cannot read is an error of the start', () => {
  const missing = join(temporaryDirectory(), 'missing')
  expect(thrown(presentMeanwhile(missing)).code).toBe('ENOENT')
})
