import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import {
  append,
  checkWritable,
  closeFile,
  copyFile,
  createFile,
  createScratchFile,
  discardFile,
  eachName,
  type FileOperation,
  fileIdentity,
  fileSize,
  fileTime,
  freeBytes,
  linkFile,
  listDirectory,
  makeDirectory,
  observeFileOperations,
  openFile,
  operation,
  operationAsync,
  overwriteFile,
  readAt,
  readParts,
  readSmallFile,
  removeFile,
  removeTree,
  renameFile,
  replaceFile,
  syncPath,
} from '../src/files.ts'
import { temporaryDirectory, thrown } from './support/directories.ts'

/** Returns a folder with a file of these bytes. */
function folderWith(content: string) {
  const folder = temporaryDirectory()
  const path = join(folder, 'x')
  writeFileSync(path, content)
  return { folder, path, other: join(folder, 'other') }
}

function opened<T>(path: string, use: (file: ReturnType<typeof openFile>) => T, open = openFile): T {
  const file = open(path)
  try {
    return use(file)
  } finally {
    closeFile(file)
  }
}

/** Returns what an observer sees of `run`. */
function seenOf(run: () => unknown): FileOperation[] {
  const seen: FileOperation[] = []
  observeFileOperations(one => seen.push(one))
  try {
    run()
  } finally {
    observeFileOperations(undefined)
  }
  return seen
}

const text = (path: string) => readFileSync(path, 'utf8')

test('an observer sees each operation with its file before it happens, and what it throws fails the operation', () => {
  const { folder, path, other } = folderWith('12345')
  const tree = join(folder, 'tree')
  const operations: [run: () => unknown, ...seen: FileOperation[]][] = [
    [() => closeFile(openFile(path)), { kind: 'open', path }],
    [() => closeFile(createFile(other)), { kind: 'create', path: other }],
    [() => closeFile(createScratchFile(other)), { kind: 'create', path: other }],
    [() => overwriteFile(path, Buffer.from('54')), { kind: 'write', path, length: 2 }],
    [() => readSmallFile(path), { kind: 'read', path }],
    [() => syncPath(path), { kind: 'sync', path }],
    [() => copyFile(path, other), { kind: 'copy', path: other }],
    [() => removeFile(other), { kind: 'remove', path: other }],
    [() => linkFile(path, other), { kind: 'link', path: other }],
    [() => renameFile(other, join(folder, 'new')), { kind: 'rename', path: join(folder, 'new') }],
    [() => listDirectory(folder), { kind: 'list', path: folder }],
    [() => [...eachName(folder)], { kind: 'list', path: folder }],
    [() => makeDirectory(tree), { kind: 'mkdir', path: tree }],
    [() => removeTree(tree), { kind: 'remove', path: tree }],
    [() => fileSize(path), { kind: 'size', path }],
    [() => fileTime(path), { kind: 'size', path }],
    [() => fileIdentity(path), { kind: 'identity', path }],
    [() => freeBytes(folder), { kind: 'space', path: folder }],
    [() => checkWritable(path), { kind: 'access', path }],
  ]
  for (const [run, ...expected] of operations) {
    observeFileOperations(() => {
      throw new Error('not now')
    })
    expect(thrown(run).message).toBe('not now')
    observeFileOperations(undefined)
    expect(seenOf(run)).toEqual(expected)
  }
  opened(path, file => {
    expect(seenOf(() => readAt(file, Buffer.alloc(4), 3))).toEqual([
      { kind: 'read', path, position: 3, length: 4 },
    ])
  })
  const write = (file: ReturnType<typeof createFile>) => append(file, Buffer.from('abc'))
  expect(seenOf(() => opened(other, write, createFile))).toEqual([
    { kind: 'create', path: other },
    { kind: 'write', path: other, length: 3 },
  ])
})

test('asynchronous work is observed as well', async () => {
  const seen: FileOperation[] = []
  observeFileOperations(one => seen.push(one))
  expect(await operationAsync({ kind: 'sync', path: '/a' }, async () => 7)).toBe(7)
  observeFileOperations(undefined)
  expect(seen).toEqual([{ kind: 'sync', path: '/a' }])
  const failed = Object.assign(new Error('full'), { code: 'ENOSPC' })
  const work = operationAsync({ kind: 'write', path: '/a' }, () => Promise.reject(failed))
  await expect(work).rejects.toMatchObject({ code: 'disk-full' })
})

test.each([
  ['ELOOP', 'damaged', '/data/x is a symbolic link, expected a file'],
  ['ENOSPC', 'disk-full', 'no space left on the disk to write /data/x'],
  ['EDQUOT', 'disk-full', 'no space left on the disk to write /data/x'],
  ['EMFILE', 'exhausted', undefined],
  ['EIO', 'EIO', 'as the system says'],
])('the error %s of the system is %s', (code, expected, message) => {
  const error = Object.assign(new Error('as the system says'), { code })
  const found = thrown(() =>
    operation({ kind: 'write', path: '/data/x' }, () => {
      throw error
    }),
  )
  expect(found.code).toBe(expected)
  if (message !== undefined) expect(found.message).toBe(message)
  if (expected === 'disk-full')
    expect(found).toMatchObject({ forClients: "no space left on the server's disk", cause: error })
})

test('a file is created in place of what is left over, and nothing is written through a link', () => {
  const { path, other } = folderWith('left over')
  symlinkSync(path, other)
  const write = (file: ReturnType<typeof createFile>) => append(file, Buffer.from('new'))
  opened(other, write, createFile)
  expect([text(path), text(other)]).toEqual(['left over', 'new'])
  expect(lstatSync(other).isSymbolicLink()).toBe(false)
  opened(path, write, createFile)
  expect(text(path)).toBe('new')
  const missing = join(path, 'x')
  expect(thrown(() => createFile(missing)).code).toBe('ENOTDIR')
})

test('links are not followed', () => {
  const { path, other } = folderWith('target')
  symlinkSync(path, other)
  expect(thrown(() => openFile(other)).code).toBe('damaged')
  expect(thrown(() => overwriteFile(other, Buffer.from('x'))).code).toBe('damaged')
  expect(text(path)).toBe('target')
})

test('the first bytes of a file are overwritten, and the others stay', () => {
  const { path } = folderWith('12345')
  overwriteFile(path, Buffer.from('ab'))
  expect(text(path)).toBe('ab345')
})

test('a scratch file has no name, and can be written and read', () => {
  const { path } = folderWith('left over')
  opened(
    path,
    file => {
      expect(existsSync(path)).toBe(false)
      append(file, Buffer.from('12345'))
      const target = Buffer.alloc(3)
      expect(readAt(file, target, 1)).toBe(3)
      expect(target.toString()).toBe('234')
    },
    createScratchFile,
  )
})

test('a read at the end of a file gets what is there', () => {
  const { path } = folderWith('12345')
  opened(path, file => {
    expect(file.size).toBe(5)
    const target = Buffer.alloc(4, '-')
    expect(readAt(file, target, 3)).toBe(2)
    expect(target.toString()).toBe('45--')
    expect(readAt(file, target, 5)).toBe(0)
  })
})

test('parts of a file are its bytes in order, of at most the wanted size', () => {
  const { path } = folderWith('123456789')
  const parts = (from: number, to: number, most?: number) =>
    opened(path, file => Array.from(readParts(file, from, to, most), part => Buffer.from(part).toString()))
  expect(parts(1, 8, 3)).toEqual(['234', '567', '8'])
  expect(parts(0, 9)).toEqual(['123456789'])
  expect(parts(7, 100, 4)).toEqual(['89'])
  expect(parts(4, 4)).toEqual([])
  expect(parts(5, 4)).toEqual([])
})

test('a small file is read as text, and undefined if it is missing', () => {
  const { folder, path, other } = folderWith('é')
  expect(readSmallFile(path)).toBe('é')
  expect(readSmallFile(other)).toBeUndefined()
  expect(thrown(() => readSmallFile(folder)).code).toBe('EISDIR')
})

test('a file is replaced in an order that leaves the old file or the new one after a crash', () => {
  const { folder, path } = folderWith('old')
  writeFileSync(`${path}.new`, 'left over from a crash')
  const seen = seenOf(() => replaceFile(path, Buffer.from('new')))
  expect(seen.map(({ kind, path }) => [kind, path])).toEqual([
    ['remove', `${path}.new`],
    ['create', `${path}.new`],
    ['write', `${path}.new`],
    ['sync', `${path}.new`],
    ['rename', path],
    ['sync', folder],
  ])
  expect([text(path), listDirectory(folder)]).toEqual(['new', ['x']])
})

test('a copy takes no name that is taken, a removal takes what is not there, and an error after an error is ignored', () => {
  const { folder, path, other } = folderWith('1')
  copyFile(path, other)
  expect(text(other)).toBe('1')
  expect(thrown(() => copyFile(path, other)).code).toBe('EEXIST')
  removeFile(other)
  removeFile(other)
  expect(thrown(() => removeFile(folder))).toBeDefined()
  discardFile(folder)
  discardFile(path)
  expect(listDirectory(folder)).toEqual([])
})

test('all names of a folder are found, however many there are', () => {
  const folder = temporaryDirectory()
  const names = Array.from({ length: 600 }, (_, i) => `${i}`)
  for (const name of names) writeFileSync(join(folder, name), '')
  expect([...eachName(folder)].sort()).toEqual(names.toSorted())
  expect(listDirectory(folder).sort()).toEqual(names.toSorted())
})

test('a second name is the same file; where there cannot be one, the caller learns that', () => {
  const { folder, path, other } = folderWith('1')
  expect(linkFile(path, other)).toBe(true)
  expect(fileIdentity(other)).toBe(fileIdentity(path))
  expect(thrown(() => linkFile(path, other)).code).toBe('EEXIST')
  // A folder has one name, and /proc is another file system.
  expect(linkFile(folder, join(folder, 'loop'))).toBe(false)
  expect(linkFile('/proc/self/stat', join(folder, 'stat'))).toBe(false)
})

test('folders are made with those above them, and removed with all that is in them', () => {
  const folder = temporaryDirectory()
  const deep = join(folder, 'a/b/c')
  makeDirectory(deep)
  makeDirectory(deep)
  writeFileSync(join(deep, 'x'), '')
  removeTree(join(folder, 'a'))
  removeTree(join(folder, 'a'))
  expect(listDirectory(folder)).toEqual([])
})

test('the size, the time and the identity of a file are those that the system has', () => {
  const { folder, path, other } = folderWith('12345')
  expect([fileSize(path), fileSize(other), fileIdentity(other)]).toEqual([5, undefined, undefined])
  utimesSync(path, 1000, 2000)
  expect(fileTime(path)).toEqual(new Date(2_000_000))
  const identity = fileIdentity(path)
  renameFile(path, other)
  expect(fileIdentity(other)).toBe(identity)
  expect(identity).toBe(`${statSync(other).dev}:${statSync(other).ino}`)
  mkdirSync(path)
  expect(fileIdentity(path)).not.toBe(identity)
  expect(freeBytes(folder)).toBeGreaterThan(1_000_000)
  rmSync(other)
  expect(thrown(() => checkWritable(other)).code).toBe('ENOENT')
})
