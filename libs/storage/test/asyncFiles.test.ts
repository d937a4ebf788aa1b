import { readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import {
  appendAsync,
  createFileAsync,
  freeBytesAsync,
  openFileAsync,
  readAtAsync,
  removeFileAsync,
  syncAsync,
} from '../src/asyncFiles.ts'
import { type FileOperation, listDirectory, observeFileOperations } from '../src/files.ts'
import { temporaryDirectory } from './support/directories.ts'

function observed(): FileOperation[] {
  const seen: FileOperation[] = []
  observeFileOperations(one => seen.push(one))
  onTestFinished(() => observeFileOperations(undefined))
  return seen
}

test('a file is written, synced, read and removed, and an observer sees it', async () => {
  const folder = temporaryDirectory()
  const path = join(folder, 'x')
  const seen = observed()
  const made = await createFileAsync(path)
  await appendAsync(made, path, Buffer.from('123'))
  await appendAsync(made, path, Buffer.from('45'))
  await syncAsync(made, path)
  await made.close()
  const file = await openFileAsync(path)
  const target = Buffer.alloc(4, '-')
  expect(await readAtAsync(file, path, target, 2)).toBe(3)
  expect(target.toString()).toBe('345-')
  expect(await readAtAsync(file, path, target, 5)).toBe(0)
  await file.close()
  expect(await freeBytesAsync(folder)).toBeGreaterThan(1_000_000)
  await removeFileAsync(path)
  await removeFileAsync(path)
  observeFileOperations(undefined)
  expect(listDirectory(folder)).toEqual([])
  expect(seen).toEqual([
    { kind: 'create', path },
    { kind: 'write', path, length: 3 },
    { kind: 'write', path, length: 2 },
    { kind: 'sync', path },
    { kind: 'open', path },
    { kind: 'read', path, position: 2, length: 4 },
    { kind: 'read', path, position: 5, length: 4 },
    { kind: 'space', path: folder },
    { kind: 'remove', path },
    { kind: 'remove', path },
  ])
})

test('a file is created in place of a link or of what is left over, and no link is opened', async () => {
  const folder = temporaryDirectory()
  const [path, link] = [join(folder, 'x'), join(folder, 'link')]
  writeFileSync(path, 'target')
  symlinkSync(path, link)
  await expect(openFileAsync(link)).rejects.toMatchObject({ code: 'damaged' })
  for (const created of [link, path]) {
    const file = await createFileAsync(created)
    await appendAsync(file, created, Buffer.from('new'))
    await file.close()
    expect(readFileSync(created, 'utf8')).toBe('new')
    if (created === link) expect(readFileSync(path, 'utf8')).toBe('target')
  }
})

test('what the system refuses is an error', async () => {
  const folder = temporaryDirectory()
  writeFileSync(join(folder, 'x'), '')
  await expect(createFileAsync(join(folder, 'x/y'))).rejects.toMatchObject({ code: 'ENOTDIR' })
  await expect(removeFileAsync(folder)).rejects.toMatchObject({ code: 'EISDIR' })
  await expect(openFileAsync(join(folder, 'none'))).rejects.toMatchObject({ code: 'ENOENT' })
})
