import { crc32 } from 'node:zlib'
import { engine } from '../engine.ts'
import { StorageError } from '../errors.ts'
import { type OpenFile, readAt } from '../files.ts'
import { type ColumnChunks, readFileMetadata } from './fileMetadata.ts'

const MAGIC = 0x31524150 // PAR1
const TAIL_BYTES = 8 // the footer's length, the magic number

/**
 * Finds a top-level column by its name or its position; undefined if the file has none there. Reads the footer, and
 * not a byte else: at once where `footerBytes` says how many bytes the file has from its footer on; `footerCrc` is their CRC-32 as an
 * int32. Throws StorageError `damaged` if there is no footer, or another one.
 */
export function findColumn(
  file: OpenFile,
  column: string | number,
  footerBytes = 0,
  footerCrc?: number,
): ColumnChunks | undefined {
  try {
    const tail = readRange(file, file.size - Math.max(footerBytes, TAIL_BYTES), file.size)
    const { length } = tail
    if (footerCrc !== undefined && (crc32(tail) | 0) !== footerCrc) throw new RangeError('its CRC is another')
    if (uint32At(tail, length - 4) !== MAGIC) throw new RangeError('it does not end in PAR1')
    const end = length - TAIL_BYTES
    const start = end - uint32At(tail, end)
    if (start >= 0) return readFileMetadata(tail, start, end, column)
    const footer = readRange(file, file.size - length + start, file.size - TAIL_BYTES)
    return readFileMetadata(footer, 0, footer.length, column)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw new StorageError('damaged', `${file.path} has no footer that can be read: ${error.message}`, {
      cause: error,
    })
  }
}

/** A number in four bytes, the least one first. */
export function uint32At(bytes: Uint8Array, at: number): number {
  return (bytes[at] | (bytes[at + 1] << 8) | (bytes[at + 2] << 16) | (bytes[at + 3] << 24)) >>> 0
}

/** Bytes of the file, valid until the next call: in the engine, unless a footer is too large for that. */
function readRange(file: OpenFile, start: number, end: number): Uint8Array {
  const { bytes, chunk, chunkBytes } = engine
  const length = end - start
  checkRange(file, start, length)
  const target = length <= chunkBytes ? bytes.subarray(chunk, chunk + length) : new Uint8Array(length)
  readWhole(file, target, start)
  return target
}

/** Throws StorageError `damaged` if the file has not so many bytes from there on. */
export function checkRange(file: OpenFile, position: number, length: number): void {
  const end = position + length
  if (position >= 0 && end <= file.size) return
  const found = `found ${file.size} bytes, expected a page or footer at ${position} to ${end}`
  throw new StorageError('damaged', `${file.path} is damaged: ${found}`)
}

/** Fills `target` with bytes that the file had when it was opened. */
export function readWhole(file: OpenFile, target: Uint8Array, position: number): void {
  if (readAt(file, target, position) < target.length) {
    throw new StorageError('damaged', `${file.path} became shorter while it was read`)
  }
}
