import { crc32 } from 'node:zlib'
import type { ColumnChunks } from '@table/kernels'
import type { OpenFile } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import { checkRange, readWhole } from '../storedFiles.ts'
import { readFileMetadata } from './fileMetadata.ts'

/**
 * How much of a footer is in memory at a time. A wide table's footer is many times as long, and each thread
 * may be reading one.
 */
export const WINDOW_BYTES = 1024 * 1024

/** Reads the FileMetaData of a file part by part into kernel memory, at `memory.rows`. */
export class MetadataReader {
  readonly #file: OpenFile
  readonly #end: number
  /** The file position of the next byte to read. */
  #position: number
  /** Where the part in memory ends. */
  #to = 0
  #crc = 0

  /**
   * Reads metadata of `length` bytes from `start` on. Throws StorageError `damaged` if the file does not have
   * that many bytes.
   */
  constructor(file: OpenFile, start: number, length: number) {
    checkRange(file, start, length)
    this.#file = file
    this.#position = start
    this.#end = start + length
  }

  /** Finds a column as `readFileMetadata` does. Call this once. */
  find(column: string | number, from?: number, to?: number): ColumnChunks | undefined {
    const { rows } = memory
    this.#read(rows, Math.min(WINDOW_BYTES, this.#end - this.#position))
    memory.readOn = (at, wanted) => this.#readOn(at, wanted)
    try {
      return readFileMetadata({ from: rows, to: this.#to }, this.#end - this.#position, column, from, to)
    } finally {
      memory.readOn = undefined
    }
  }

  /** Returns the CRC-32 of the metadata and everything after it. Reads what `find` has not read. */
  crcToEnd(): number {
    const { size } = this.#file
    while (this.#position < size) this.#read(memory.rows, Math.min(WINDOW_BYTES, size - this.#position))
    return this.#crc
  }

  /** Reads more of the metadata, as `ReadOn` describes. */
  #readOn(at: number, wanted: number): number {
    const { bytes, rows, rowsBytes } = memory
    bytes.copyWithin(rows, at, this.#to)
    const kept = this.#to - at
    const room = Math.min(Math.max(WINDOW_BYTES, wanted), rowsBytes)
    this.#read(rows + kept, Math.min(room - kept, this.#end - this.#position))
    return this.#to
  }

  #read(address: number, length: number): void {
    const part = memory.bytes.subarray(address, address + length)
    readWhole(this.#file, part, this.#position)
    this.#crc = crc32(part, this.#crc)
    this.#position += length
    this.#to = address + length
  }
}
