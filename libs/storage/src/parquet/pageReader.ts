import { crc32 } from 'node:zlib'
import { type ColumnChunk, type PageHeader, pageHeaderOf } from '@table/kernels'
import { damagedFile, StorageError, shortageOf } from '../errors.ts'
import type { OpenFile } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import { checkRange, readWhole } from '../storedFiles.ts'
import { PageType } from './format.ts'

/** How much of a large chunk is read at a time. A page that is larger is read whole. */
const WINDOW_BYTES = 3 * 1024 * 1024
/** Headers of pages of integers are shorter. */
const HEADER_BYTES = 4096

/** Reads the pages of a column chunk one after the other into kernel memory, at `memory.rows`. */
export class PageReader {
  /** The address of the page that `next` found. */
  address = 0
  readonly #file: OpenFile
  // Positions in the file.
  #position: number
  readonly #end: number
  #windowStart = 0
  #windowEnd = 0

  /** Throws StorageError `damaged` if the file does not have the chunk's bytes. */
  constructor(file: OpenFile, { start, bytes }: ColumnChunk) {
    checkRange(file, start, bytes)
    this.#file = file
    this.#position = start
    this.#end = start + bytes
  }

  /**
   * Returns the header of the next page, whose bytes are then at `address`. Returns undefined if the page is
   * too large for kernel memory. Throws RangeError if the chunk ends before the page, or if the page does not
   * match its CRC.
   */
  next(): PageHeader | undefined {
    const at = this.#load(Math.min(HEADER_BYTES, this.#end - this.#position)) as number
    const header = readPageHeader(at, at + this.#windowEnd - this.#position)
    this.#position += header.headerBytes
    const address = this.#load(header.bytes)
    if (address === undefined) return undefined
    this.address = address
    this.#position += header.bytes
    if (header.crc !== undefined) {
      const crc = crc32(memory.bytes.subarray(address, address + header.bytes))
      if (crc !== header.crc >>> 0)
        throw new RangeError(`a page has the CRC ${crc}, expected ${header.crc >>> 0}`)
    }
    return header
  }

  /** Returns the address of the next `count` bytes, or undefined if they are too many for kernel memory. */
  #load(count: number): number | undefined {
    const { bytes, rows, rowsBytes } = memory
    const start = this.#position
    if (start + count > this.#end) throw new RangeError('a page is longer than its column chunk')
    if (start < this.#windowStart || start + count > this.#windowEnd) {
      if (count > rowsBytes) return undefined
      const length = Math.min(this.#end - start, Math.max(WINDOW_BYTES, count), rowsBytes)
      readWhole(this.#file, bytes.subarray(rows, rows + length), start)
      this.#windowStart = start
      this.#windowEnd = start + length
    }
    return rows + start - this.#windowStart
  }
}

/**
 * Throws RangeError if a page of the chunk does not match its CRC. Pages that are too large for kernel memory
 * are not checked.
 */
export function checkPages(file: OpenFile, chunk: ColumnChunk): void {
  const pages = new PageReader(file, chunk)
  for (let left = chunk.values; left > 0; ) {
    const header = pages.next()
    if (!header) return
    if (header.type !== PageType.DICTIONARY_PAGE) left -= header.values
  }
}

/** Runs `read`, and turns errors without another known cause into StorageError `damaged`. */
export function readingPages<T>(file: OpenFile, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof StorageError || (error as NodeJS.ErrnoException).syscall) throw error
    throw shortageOf(error) ?? damagedFile(file.path, `is damaged: ${(error as Error).message}`, error)
  }
}

/**
 * Reads the header at an address of kernel memory. Throws RangeError if the header does not end before `end`
 * or is invalid.
 */
function readPageHeader(start: number, end: number): PageHeader {
  const { kernels, pageHeader: numbers } = memory
  const headerBytes = kernels.readPageHeader(start, end)
  if (headerBytes === 0) throw new RangeError('a page header is damaged')
  return pageHeaderOf(headerBytes, numbers)
}
