import type { Stats } from 'node:fs'
import { type FileHandle, open, stat } from 'node:fs/promises'
import { CliError } from './errors.ts'
import type { UploadSource } from './streamedUpload.ts'

/** In bytes. Two chunks are in memory: one is read while the other is sent. */
const CHUNK_BYTES = 256 * 1024

/** Opens a file, calls `use` with its current content, and closes it. Throws CliError if the file cannot be read. */
export async function withFileSource<T>(path: string, use: (source: UploadSource) => Promise<T>): Promise<T> {
  const file = await openRegular(path)
  try {
    return await openFileSource(file, use)
  } finally {
    await file.close()
  }
}

/** Calls `use` with the current content of an open file. */
export async function openFileSource<T>(
  file: FileHandle,
  use: (source: UploadSource) => Promise<T>,
): Promise<T> {
  const { size } = await file.stat()
  return use({ size, chunks: chunksOf(file, size) })
}

/** Yields `size` bytes. Throws CliError before the last chunk if the file shrinks or grows meanwhile. */
async function* chunksOf(file: FileHandle, size: number): AsyncGenerator<Uint8Array> {
  let current = Buffer.allocUnsafe(CHUNK_BYTES)
  let next = Buffer.allocUnsafe(CHUNK_BYTES)
  let reading = readInto(current, file, 0, size)
  for (let position = 0; position < size; ) {
    const bytes = await reading
    position += bytes
    if (bytes === 0) throw changed(size, position)
    if (position === size) await checkSize(file, size)
    reading = readInto(next, file, position, size)
    yield current.subarray(0, bytes)
    ;[current, next] = [next, current]
  }
}

function readInto(chunk: Buffer, file: FileHandle, position: number, size: number): Promise<number> {
  const length = Math.min(CHUNK_BYTES, size - position)
  const bytes = file.read(chunk, 0, length, position).then(
    ({ bytesRead }) => bytesRead,
    error => {
      throw new CliError(reasonOf(error), { cause: error })
    },
  )
  bytes.catch(() => {}) // an upload that ends early does not await this read
  return bytes
}

async function checkSize(file: FileHandle, size: number): Promise<void> {
  const { size: found } = await file.stat()
  if (found !== size) throw changed(size, found)
}

function changed(size: number, found: number): CliError {
  const change = `was ${size} bytes and is now ${found}`
  return new CliError(`changed while it was read (${change}): upload it again when nothing writes to it`)
}

/** Opens a file. Throws CliError if that is not possible. */
export async function openRegular(path: string): Promise<FileHandle> {
  try {
    const found = await stat(path)
    if (!found.isFile()) throw new CliError(`is ${kindOf(found)}, expected a file${adviceOn(found)}`)
    return await open(path)
  } catch (error) {
    throw error instanceof CliError
      ? error
      : new CliError(reasonOf(error as NodeJS.ErrnoException), { cause: error })
  }
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a directory'
  // The length of the message is sent before its bytes, so the length must be known. A pipe has none.
  return found.isFIFO() ? 'a pipe' : 'a device'
}

function adviceOn(found: Stats): string {
  return found.isFIFO() ? ': redirect standard input from it, and name - instead' : ''
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'no such file: check the path'
  if (code === 'EACCES') return 'permission denied: make the file readable'
  return `cannot be read: ${message}`
}
