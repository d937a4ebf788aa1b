// Bytes of a file that says itself where they are: a damaged file may say anything.
import { damagedFile } from '../errors.ts'
import { type OpenFile, readAt } from '../files.ts'

/** A number in four bytes, the least one first. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0
}

/** Throws StorageError `damaged` if the file has not so many bytes from there on. */
export function checkRange(file: OpenFile, position: number, length: number): void {
  const end = position + length
  if (position >= 0 && end <= file.size) return
  const found = `found ${file.size} bytes, expected a page or footer at ${position} to ${end}`
  throw damagedFile(file.path, `is damaged: ${found}`)
}

/** Fills `target` with bytes that the file had when it was opened. */
export function readWhole(file: OpenFile, target: Uint8Array, position: number): void {
  if (readAt(file, target, position) < target.length) {
    throw damagedFile(file.path, 'became shorter while it was read')
  }
}
