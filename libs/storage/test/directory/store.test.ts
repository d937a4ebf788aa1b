import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { expect, test } from 'vitest'
import { openStore } from '../../src/directory/store.ts'
import { observeFileOperations } from '../../src/files.ts'
import {
  opened,
  operationsOf,
  putUpload,
  temporaryDirectory,
  thrown,
  uploadOf,
} from '../support/directories.ts'

const openingProcess = new URL('./opening-process.ts', import.meta.url).pathname

/** Opens the store in another process, whose user is not root. Returns what the process says. */
function openedByAnother(dataDir: string): { code?: string; message?: string } {
  const child = spawnSync(process.execPath, [openingProcess, dataDir], { encoding: 'utf8' })
  expect(child.stderr).toBe('')
  return JSON.parse(child.stdout)
}

test('new folders are synced with all their parents', () => {
  const root = temporaryDirectory()
  const synced: string[] = []
  observeFileOperations(({ kind, path }) => {
    if (kind === 'sync') synced.push(relative(root, path))
  })
  opened(join(root, 'a/b'))
  expect(new Set(synced)).toEqual(new Set(['', 'a', 'a/b', 'a/b/generation.new']))
})

test('the name of a new catalogue is on the disk before the store is open', () => {
  const dataDir = temporaryDirectory()
  const operations = operationsOf(() => opened(dataDir))
  expect(operations.lastIndexOf(`sync ${basename(dataDir)}`)).toBeGreaterThan(
    operations.indexOf('open catalogue.db'),
  )
})

test('a store names its directory absolutely, whatever it was given', () => {
  const dataDir = temporaryDirectory()
  expect(opened(relative(process.cwd(), dataDir)).dataDir).toBe(dataDir)
})

test('a store that is closed can be opened again, by this process and by another', () => {
  const dataDir = temporaryDirectory()
  chmodSync(dataDir, 0o777)
  openStore(dataDir).close()
  opened(dataDir)
})

test('a store that is open is refused to another process until it is closed', () => {
  const dataDir = temporaryDirectory()
  const store = openStore(dataDir)
  putUpload(dataDir, uploadOf(1))
  makeWritable(dataDir)
  expect(openedByAnother(dataDir)).toMatchObject({
    code: 'unusable',
    message: expect.stringContaining(`the data directory ${dataDir} is served by another process`),
  })
  store.close()
  makeWritable(dataDir)
  expect(openedByAnother(dataDir)).toEqual({ uploads: 1 })
})

test('a path below a file is refused, with what to do', () => {
  const root = temporaryDirectory()
  const dataDir = join(root, 'file/data')
  writeFileSync(join(root, 'file'), '')
  const error = thrown(() => openStore(dataDir))
  expect(error.code).toBe('unusable')
  expect(error.message).toMatch(`cannot keep data in ${dataDir} (ENOTDIR: not a directory, mkdir`)
  expect(error.message).toMatch(
    /: choose a directory that user \d+ can write to, or give that user the right to$/,
  )
})

test('a directory, a folder or a file in it that this user cannot write to is refused', () => {
  const dataDir = temporaryDirectory()
  openStore(dataDir).close()
  const refused = { code: 'unusable', message: expect.stringContaining('can write to') }
  for (const name of ['', 'incoming', 'files', 'lock', 'catalogue.db']) {
    makeWritable(dataDir)
    chmodSync(join(dataDir, name), 0o555)
    expect(openedByAnother(dataDir), name).toMatchObject(refused)
  }
  makeWritable(dataDir)
  expect(openedByAnother(dataDir)).toEqual({ uploads: 0 })
})

test('a failed start holds nothing', () => {
  const dataDir = temporaryDirectory()
  mkdirSync(join(dataDir, 'catalogue.db'))
  expect(thrown(() => openStore(dataDir)).code).toBe('unusable')
  makeWritable(dataDir)
  expect(openedByAnother(dataDir).message).not.toContain('another process')
})

/** Lets any user write, so that the other process meets no other obstacle. */
function makeWritable(dataDir: string): void {
  for (const name of ['', 'incoming', 'files', 'lock', 'catalogue.db']) chmodSync(join(dataDir, name), 0o777)
}
