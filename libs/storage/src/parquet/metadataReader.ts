import { crc32 } from 'node:zlib'
import type { ColumnChunks } from '@table/kernels'
import type { OpenFile } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import { checkRange, readWhole } from '../storedFiles.ts'
import { readFileMetadata } from './fileMetadata.ts'

/** So much of a footer is in memory at a time. A wide table's is many times as long, and each thread may be reading one. */
export const WINDOW_BYTES = 1024 * 1024

/** Reads the FileMetaData of a file part by part into kernel memory, at `memory.rows`. */
export class MetadataReader {
  readonly #file: OpenFile
  readonly #end: number
  /** In the file, of the next byte to read. */
  #position: number
  /** Where the part in memory ends. */
  #to = 0
  #crc = 0

  /** It has `length` bytes from `start` on. Throws StorageError `damaged` if the file has not so many. */
  constructor(file: OpenFile, start: number, length: number) {
    checkRange(file, start, length)
    this.#file = file
    this.#position = start
    this.#end = start + length
  }

  /** As `readFileMetadata` does. Only once. */
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

  /** CRC-32 of the metadata and all that follows. Reads what `find` did not. */
  crcToEnd(): number {
    const { size } = this.#file
    while (this.#position < size) this.#read(memory.rows, Math.min(WINDOW_BYTES, size - this.#position))
    return this.#crc
  }

  /** As `ReadOn` says. */
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
