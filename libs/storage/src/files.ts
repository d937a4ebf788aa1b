// Every file operation on the data goes through this module, so that a test can see, fail or
// delay each of them. This half is for worker threads; the main thread's is asyncFiles.ts.
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
  /** Bytes from the start of the file, for reads. */
  position?: number
  /** Bytes, for reads and writes. */
  length?: number
}

let observe: ((operation: FileOperation) => void) | undefined

/** Calls `observer` before each file operation of this thread; what it throws is the operation's failure. */
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

/** O_EXCL fails where anything of that name is, a link too. */
export const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** A file open for reading or writing by this thread. `size` is what it was when it was opened. */
export interface OpenFile {
  fd: number
  path: string
  size: number
}

/**
 * Opens a file for reading. A symbolic link is `damaged`: the server makes none, and what a link leads to is no upload. Directories
 * above the file may be links.
 */
export function openFile(path: string): OpenFile {
  return operation({ kind: 'open', path }, () => {
    const fd = openSync(path, constants.O_RDONLY | constants.O_NOFOLLOW)
    return { fd, path, size: fstatSync(fd).size }
  })
}

/** Opens a new file for writing, and never what a link of that name leads to. What stands there is removed: a crash left it. */
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

/** Whether a file could not be made because something of its name is there. */
export function isThere(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EEXIST'
}

/** Writes over the first bytes of a file that is there. */
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

/** Creates a file for this thread alone: it has no name any more, so that it ends with whoever has it open, however that ends. */
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

/** Reads up to `target.length` bytes at `position`. Returns how many there were: fewer only at the end. */
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

const PART_BYTES = 256 * 1024

/** The bytes of a file from one position up to another or its end, at most `most` at a time. Each part is valid until the next. */
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

/** Appends all of `bytes`. */
export function append(file: OpenFile, bytes: Uint8Array): void {
  operation({ kind: 'write', path: file.path, length: bytes.length }, () => {
    for (let done = 0; done < bytes.length; ) done += writeSync(file.fd, bytes, done)
  })
}

/** The text of a file that is known to be small; undefined if there is none. */
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

/** Puts a file with these bytes in place of the one that is there: a crash leaves the one or the other, whole. */
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

/** Returns when the content of the file or the names in the directory are on the disk. */
export function syncPath(path: string): void {
  operation({ kind: 'sync', path }, () => {
    // A pipe, which somebody has put there, is waited for by nobody.
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

/** Copies a file to a name that no file has. */
export function copyFile(from: string, to: string): void {
  const mode = constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE
  operation({ kind: 'copy', path: to }, () => copyFileSync(from, to, mode))
}

/** Removes a file, if it is there. */
export function removeFile(path: string): void {
  operation({ kind: 'remove', path }, () => rmSync(path, { force: true }))
}

/** Removes a file after an error, which the caller needs. A file that cannot be removed either is left to the next start. */
export function discardFile(path: string): void {
  try {
    removeFile(path)
  } catch {}
}

export function listDirectory(path: string): string[] {
  return operation({ kind: 'list', path }, () => readdirSync(path))
}

/** The names in a directory, which may be millions. */
export function* eachName(path: string): Generator<string> {
  const directory = operation({ kind: 'list', path }, () => opendirSync(path, { bufferSize: 4096 }))
  try {
    for (let entry = directory.readSync(); entry; entry = directory.readSync()) yield entry.name
  } finally {
    directory.closeSync()
  }
}

/** Gives a file a second name. Returns false where that cannot be: the file has to be copied. */
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

/** The size of a file in bytes; undefined if there is none. */
export function fileSize(path: string): number | undefined {
  return operation({ kind: 'size', path }, () => statSync(path, { throwIfNoEntry: false })?.size)
}

/** When a file was last written. */
export function fileTime(path: string): Date {
  return operation({ kind: 'size', path }, () => statSync(path).mtime)
}

/** Names a file as the file system does, whatever its path: another file has another identity. Undefined if there is none. */
export function fileIdentity(path: string): string | undefined {
  return operation({ kind: 'identity', path }, () => {
    const stats = statSync(path, { throwIfNoEntry: false })
    return stats && `${stats.dev}:${stats.ino}`
  })
}

/** What this process may still write to the disk of a directory, in bytes. */
export function freeBytes(path: string): number {
  return operation({ kind: 'space', path }, () => {
    const { bavail, bsize } = statfsSync(path)
    return bavail * bsize
  })
}

/** Throws the system's reason if this process may not write to the file, or make files in the directory. */
export function checkWritable(path: string): void {
  operation({ kind: 'access', path }, () => accessSync(path, constants.W_OK))
}

/** The same for what takes its time. */
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

/** `what` could not be done for lack of disk space. */
export function noSpace(what: string, cause: unknown): StorageError {
  const forClients = "no space left on the server's disk"
  return new StorageError('disk-full', `no space left on the disk to ${what}`, { forClients, cause })
}
