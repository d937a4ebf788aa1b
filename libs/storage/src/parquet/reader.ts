import { crc32 } from 'node:zlib'
import type { ColumnChunks } from '@table/kernels'
import { type Bytes, engine, renewEngine } from '../engine.ts'
import { damagedFile, shortageOf } from '../errors.ts'
import { type OpenFile, readAt } from '../files.ts'
import { readFileMetadata } from './fileMetadata.ts'

const MAGIC = 0x31524150 // PAR1
const TAIL_BYTES = 8 // the footer's length, the magic number

/** What is known of a file before it is read, and which of its row groups are asked for. */
export interface Known {
  /** How many bytes the file has from its footer on, which are then read at once, and their CRC-32 as an int32. */
  footerBytes?: number
  footerCrc?: number
  /** The row groups [from, to) instead of all. */
  from?: number
  to?: number
}

/**
 * Finds a top-level column by its name or its position; undefined if the file has none there. Reads the footer, and
 * not a byte else. Throws StorageError `damaged` if there is no footer, or another one.
 */
export function findColumn(
  file: OpenFile,
  column: string | number,
  { footerBytes = 0, footerCrc, from, to }: Known = {},
): ColumnChunks | undefined {
  try {
    const tail = readRange(file, file.size - Math.max(footerBytes, TAIL_BYTES), file.size)
    const { bytes } = engine
    if (footerCrc !== undefined && (crc32(bytes.subarray(tail.from, tail.to)) | 0) !== footerCrc)
      throw new RangeError('its CRC is another')
    if (uint32At(bytes, tail.to - 4) !== MAGIC) throw new RangeError('it does not end in PAR1')
    const end = tail.to - TAIL_BYTES
    const start = end - uint32At(bytes, end)
    const metadata =
      start >= tail.from
        ? { from: start, to: end }
        : readRange(file, file.size - tail.to + start, file.size - TAIL_BYTES)
    return readFileMetadata(metadata, column, from, to)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw (
      shortageOf(error) ?? damagedFile(file.path, `has no footer that can be read: ${error.message}`, error)
    )
  }
}

/** A number in four bytes, the least one first. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0
}

/** Bytes of the file, in the engine until the next call. Where it has no room for them it is made anew. */
function readRange(file: OpenFile, start: number, end: number): Bytes {
  const length = end - start
  checkRange(file, start, length)
  if (length > engine.rowsBytes) renewEngine(length)
  const { bytes, rows } = engine
  readWhole(file, bytes.subarray(rows, rows + length), start)
  return { from: rows, to: rows + length }
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
