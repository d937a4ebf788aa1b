import { crc32 } from 'node:zlib'
import type { ColumnChunks } from '@table/kernels'
import { damagedFile, shortageOf } from '../errors.ts'
import type { OpenFile } from '../files.ts'
import { type Bytes, memory } from '../kernelMemory.ts'
import { checkRange, readWhole } from '../storedFiles.ts'
import { readFileMetadata } from './fileMetadata.ts'
import { MAGIC, uint32At } from './format.ts'
import { MetadataReader, WINDOW_BYTES } from './metadataReader.ts'

const MAGIC_NUMBER = uint32At(MAGIC, 0)
const TAIL_BYTES = 8 // the footer's length, the magic number

/** What is known about a file before it is read, and which of its row groups are wanted. */
export interface Known {
  /**
   * The bytes from the footer to the end of the file, and their CRC-32 as an int32. A short footer is read in
   * one go.
   */
  footerBytes?: number
  footerCrc?: number
  /** The row groups [from, to), by default all. */
  from?: number
  to?: number
}

/**
 * Finds a top-level column by its name or position. Reads only the footer. Returns undefined if the file does
 * not have the column. Throws StorageError `damaged` if there is no footer or the footer has changed.
 */
export function findColumn(
  file: OpenFile,
  column: string | number,
  { footerBytes = 0, footerCrc, from, to }: Known = {},
): ColumnChunks | undefined {
  try {
    const isWhole = footerBytes <= WINDOW_BYTES
    const tail = readTail(file, isWhole ? Math.max(footerBytes, TAIL_BYTES) : TAIL_BYTES)
    const { bytes } = memory
    if (footerCrc !== undefined && isWhole) checkCrc(crc32(bytes.subarray(tail.from, tail.to)), footerCrc)
    if (uint32At(bytes, tail.to - 4) !== MAGIC_NUMBER) throw new RangeError('it does not end in PAR1')
    const end = tail.to - TAIL_BYTES
    const length = uint32At(bytes, end)
    if (length <= end - tail.from) {
      return readFileMetadata({ from: end - length, to: end }, 0, column, from, to)
    }
    const metadata = new MetadataReader(file, file.size - TAIL_BYTES - length, length)
    const found = metadata.find(column, from, to)
    if (footerCrc !== undefined && !isWhole) {
      if (length + TAIL_BYTES !== footerBytes) throw new RangeError('its length is another')
      checkCrc(metadata.crcToEnd(), footerCrc)
    }
    return found
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw (
      shortageOf(error) ?? damagedFile(file.path, `has no footer that can be read: ${error.message}`, error)
    )
  }
}

/** Reads the last bytes of the file into kernel memory, where they stay until the next call. */
function readTail(file: OpenFile, length: number): Bytes {
  const { bytes, rows } = memory
  const start = file.size - length
  checkRange(file, start, length)
  readWhole(file, bytes.subarray(rows, rows + length), start)
  return { from: rows, to: rows + length }
}

function checkCrc(found: number, expected: number): void {
  if ((found | 0) !== expected) throw new RangeError('its CRC is another')
}
