// Every file operation on the data goes through this module, so that a test can watch, fail or delay each of
// them. These operations are for worker threads; asyncFiles.ts has those of the main thread.
import {
  accessSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  opendirSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  renameSync,
  rmSync,
  statfsSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs'
import { dirname } from 'node:path'
import { damagedFile, StorageError, shortageOf } from './errors.ts'

export interface FileOperation {
  kind:
    | 'open'
    | 'create'
    | 'read'
    | 'write'
    | 'sync'
    | 'rename'
    | 'copy'
    | 'remove'
    | 'list'
    | 'size'
    | 'access'
    | 'mkdir'
    | 'space'
    | 'identity'
    | 'link'
    | 'insert'
  path: string
  /** The offset of a read, in bytes. */
  position?: number
  /** The bytes of a read or write. */
  length?: number
}

let observe: ((operation: FileOperation) => void) | undefined

/**
 * Calls `observer` before each file operation of this thread. If the observer throws, the operation fails
 * with that error.
 */
export function observeFileOperations(observer: ((operation: FileOperation) => void) | undefined): void {
  observe = observer
}

/** Runs something that touches files by other means (SQLite) as an operation that observers see. */
export function operation<T>(description: FileOperation, run: () => T): T {
  try {
    observe?.(description)
    return run()
  } catch (error) {
    throw translated(error, description)
  }
}

/** O_EXCL fails if anything of that name exists, also a link. */
export const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** A file that this thread has open. `size` is the size at the time of opening. */
export interface OpenFile {
  fd: number
  path: string
  size: number
}

/**
 * Opens a file for reading. A symbolic link is `damaged`: the server makes no links, so a link's target is
 * not an upload. The directories above the file may be links.
 */
export function openFile(path: string): OpenFile {
  return operation({ kind: 'open', path }, () => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    return { fd, path, size: fstatSync(fd).size }
  })
}

/** Opens a new file for writing. A file or link of that name is left over from a crash and is removed first. */
export function createFile(path: string): OpenFile {
  return operation({ kind: 'create', path }, () => ({ fd: openNew(path), path, size: 0 }))
}

function openNew(path: string): number {
  try {
    return openSync(path, NEW_FILE)
  } catch (error) {
    if (!isThere(error)) throw error
    unlinkSync(path)
    return openSync(path, NEW_FILE)
  }
}

/** Returns whether a file could not be created because its name is taken. */
export function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST'
}

/** Overwrites the first bytes of an existing file. */
export function overwriteFile(path: string, bytes: Uint8Array): void {
  operation({ kind: 'write', path, length: bytes.length }, () => {
    const fd = openSync(path, constants.O_WRONLY | constants.O_NOFOLLOW)
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(fd, bytes, done, undefined, done)
    } finally {
      closeSync(fd)
    }
  })
}

/** Creates a file without a name, which disappears when it is closed or when the process ends. */
export function createScratchFile(path: string): OpenFile {
  return operation({ kind: 'create', path }, () => {
    rmSync(path, { force: true })
    const fd = openSync(path, 'wx+')
    rmSync(path)
    return { fd, path, size: 0 }
  })
}

export function closeFile(file: OpenFile): void {
  closeSync(file.fd)
}

/**
 * Reads up to `target.length` bytes at `position`. Returns how many bytes were read: fewer only at the end of
 * the file.
 */
export function readAt(file: OpenFile, target: Uint8Array, position: number): number {
  return operation({ kind: 'read', path: file.path, position, length: target.length }, () => {
    let done = 0
    while (done < target.length) {
      const count = readSync(file.fd, target, done, target.length - done, position + done)
      if (count === 0) break
      done += count
    }
    return done
  })
}

/** Returns the bytes of a file of this size. */
export function readWholeFile(path: string, size: number): Uint8Array {
  const file = openFile(path)
  try {
    const bytes = new Uint8Array(size)
    readAt(file, bytes, 0)
    return bytes
  } finally {
    closeFile(file)
  }
}

const PART_BYTES = 256 * 1024

/**
 * Yields the bytes of a file from `from` to `to` or to the end of the file, at most `most` bytes at a time.
 * Each part is valid until the next one.
 */
export function* readParts(
  file: OpenFile,
  from: number,
  to: number,
  most = PART_BYTES,
): Generator<Uint8Array> {
  if (from >= to) return
  const buffer = new Uint8Array(Math.min(most, to - from))
  for (let position = from; position < to; ) {
    const count = readAt(file, buffer.subarray(0, Math.min(buffer.length, to - position)), position)
    if (count === 0) return
    position += count
    yield buffer.subarray(0, count)
  }
}

export function append(file: OpenFile, bytes: Uint8Array): void {
  operation({ kind: 'write', path: file.path, length: bytes.length }, () => {
    for (let done = 0; done < bytes.length; ) done += writeSync(file.fd, bytes, done)
  })
}

/** Reads a small file as text. Returns undefined if the file does not exist. */
export function readSmallFile(path: string): string | undefined {
  return operation({ kind: 'read', path }, () => {
    try {
      return readFileSync(path, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
      throw error
    }
  })
}

/** Replaces a file by one with these bytes. After a crash there is either the old file or the new one, whole. */
export function replaceFile(path: string, bytes: Uint8Array): void {
  const made = `${path}.new`
  removeFile(made)
  const file = createFile(made)
  try {
    append(file, bytes)
  } finally {
    closeFile(file)
  }
  syncPath(made)
  renameFile(made, path)
  syncPath(dirname(path))
}

/** Syncs the content of a file or the names in a directory. */
export function syncPath(path: string): void {
  operation({ kind: 'sync', path }, () => {
    // Do not block if somebody has put a pipe here.
    const fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      fsyncSync(fd)
    } finally {
      closeSync(fd)
    }
  })
}

export function renameFile(from: string, to: string): void {
  operation({ kind: 'rename', path: to }, () => renameSync(from, to))
}

/** Copies a file to a new name. Throws if the name is taken. */
export function copyFile(from: string, to: string): void {
  const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE
  operation({ kind: 'copy', path: to }, () => copyFileSync(from, to, mode))
}

/** Removes a file if it exists. */
export function removeFile(path: string): void {
  operation({ kind: 'remove', path }, () => rmSync(path, { force: true }))
}

/**
 * Removes a file after an error. A second error is ignored, so that the caller sees the first one; the next
 * start removes the file.
 */
export function discardFile(path: string): void {
  try {
    removeFile(path)
  } catch {}
}

export function listDirectory(path: string): string[] {
  return operation({ kind: 'list', path }, () => readdirSync(path))
}

/** How many names are read at once. Node needs time in the square of this number. */
const NAMES = 256

/** Yields the names in a directory, which may be millions. */
export function* eachName(path: string): Generator<string> {
  const directory = operation({ kind: 'list', path }, () => opendirSync(path, { bufferSize: NAMES }))
  try {
    for (let entry = directory.readSync(); entry; entry = directory.readSync()) yield entry.name
  } finally {
    directory.closeSync()
  }
}

/** Gives a file a second name. Returns false if the file system cannot do that; then the file has to be copied. */
export function linkFile(from: string, to: string): boolean {
  return operation({ kind: 'link', path: to }, () => {
    try {
      linkSync(from, to)
      return true
    } catch (error) {
      const { code = '' } = error as NodeJS.ErrnoException
      if (!['EXDEV', 'EPERM', 'ENOTSUP', 'ENOSYS', 'EMLINK'].includes(code)) throw error
      return false
    }
  })
}

export function makeDirectory(path: string): void {
  operation({ kind: 'mkdir', path }, () => mkdirSync(path, { recursive: true }))
}

/** Removes a folder with everything in it, if it exists. */
export function removeTree(path: string): void {
  operation({ kind: 'remove', path }, () => rmSync(path, { recursive: true, force: true }))
}

/** Returns the size of a file in bytes, or undefined if the file does not exist. */
export function fileSize(path: string): number | undefined {
  return operation({ kind: 'size', path }, () => statSync(path, { throwIfNoEntry: false })?.size)
}

/** Returns when a file was last written. */
export function fileTime(path: string): Date {
  return operation({ kind: 'size', path }, () => statSync(path).mtime)
}

/**
 * Identifies a file independently of its path, as the file system does. Returns undefined if the file does
 * not exist.
 */
export function fileIdentity(path: string): string | undefined {
  return operation({ kind: 'identity', path }, () => {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats && `${stats.dev}:${stats.ino}`
  })
}

/** Returns how many bytes this process may still write to the disk of a directory. */
export function freeBytes(path: string): number {
  return operation({ kind: 'space', path }, () => {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  })
}

/** Throws the system's error if this process may not write to the file, or create files in the directory. */
export function checkWritable(path: string): void {
  operation({ kind: 'access', path }, () => accessSync(path, constants.W_OK))
}

/** Like `operation`, for asynchronous work. */
export async function operationAsync<T>(description: FileOperation, run: () => Promise<T>): Promise<T> {
  try {
    observe?.(description)
    return await run()
  } catch (error) {
    throw translated(error, description)
  }
}

function translated(error: unknown, { kind, path }: FileOperation): unknown {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'ELOOP') return damagedFile(path, 'is a symbolic link, expected a file', error)
  if (code === 'ENOSPC' || code === 'EDQUOT') return noSpace(`${kind} ${path}`, error)
  return shortageOf(error) ?? error
}

/** Makes the error for lack of disk space. `what` is what could not be done. */
export function noSpace(what: string, cause: unknown): StorageError {
  const forClients = "no space left on the server's disk"
  return new StorageError('disk-full', `no space left on the disk to ${what}`, { forClients, cause })
}
