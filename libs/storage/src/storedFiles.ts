// Reads stored files, which may be damaged: a read never returns fewer bytes than were asked for.
import { damagedFile } from './errors.ts'
import { closeFile, type OpenFile, openFile, readAt } from './files.ts'

/** Opens a stored file. Throws StorageError `damaged` if the file does not exist or does not have `bytes` bytes. */
export function openStored(path: string, bytes: number | undefined): OpenFile {
  const file = openExisting(path)
  if (bytes === undefined || file.size === bytes) return file
  closeFile(file)
  throw damagedFile(path, `has ${file.size} bytes, expected ${bytes}`)
}

function openExisting(path: string): OpenFile {
  try {
    return openFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
    throw damagedFile(path, 'is missing', error)
  }
}

/** Throws StorageError `damaged` if the file does not have `length` bytes at `position`. */
export function checkRange(file: OpenFile, position: number, length: number): void {
  const end = position + length
  if (position >= 0 && end <= file.size) return
  const found = `found ${file.size} bytes, expected a page or footer at ${position} to ${end}`
  throw damagedFile(file.path, `is damaged: ${found}`)
}

/**
 * Fills `target` with bytes that the file had when it was opened. Throws StorageError `damaged` if the file
 * has become shorter.
 */
export function readWhole(file: OpenFile, target: Uint8Array, position: number): void {
  if (readAt(file, target, position) < target.length) {
    throw damagedFile(file.path, 'became shorter while it was read')
  }
}
