import type { ColumnSource, FixedType, ValuesRead } from '../columnSource.ts'
import { damagedFile, StorageError } from '../errors.ts'
import { type OpenFile, readAt } from '../files.ts'
import { enlargeBlock, memory, releaseBlock } from '../kernelMemory.ts'
import { MAX_RECORD_BYTES } from '../limits.ts'
import { BYTE_ORDER_MARK_BYTES, hasByteOrderMark } from './dialect.ts'
import { explainProblem } from './explain.ts'
import { readColumn, readTexts, textBytes } from './fields.ts'
import { lineAt } from './lines.ts'

/** A part of a file, in bytes, that begins and ends between records. */
export interface Range {
  from: number
  to: number
}

/** How far a file can be read, in bytes from its start. */
export interface Extent {
  end: number
  /** Nothing will follow. */
  complete: boolean
}

/**
 * Reads a CSV file block by block into kernel memory, and finds the fields of the whole records there. Use
 * this only inside `withBlocks`.
 */
export class BlockReader implements ColumnSource {
  /** The whole records of the block, without those that were skipped. */
  records = 0
  skipped = 0
  readonly columns: number
  readonly stored: boolean
  readonly #file: OpenFile
  readonly #column: number
  readonly #extend: (wanted: number) => Extent
  #extent: Extent = { end: 0, complete: false }
  #position: number // in the file, of the block's first byte
  #from = memory.block
  #to = memory.block
  #next = memory.block

  /**
   * `column`: the column whose fields are wanted, or `EVERY`. `from`: the start of the file, or of a record.
   * `extend` returns once at least `wanted` bytes of the file, or all of it, can be read. `stored`: see `Records`.
   */
  constructor(
    file: OpenFile,
    columns: number,
    column: number,
    from: number,
    extend: (wanted: number) => Extent,
    stored = false,
  ) {
    this.#file = file
    this.columns = columns
    this.#column = column
    this.#position = from
    this.#extend = extend
    this.stored = stored
  }

  get rows(): number {
    return this.records
  }

  /** Where the first record of the block begins, in bytes from the start of the file. */
  get start(): number {
    return this.filePosition(this.#from)
  }

  /** The addresses where the block's whole records begin and end. */
  get bounds(): Range {
    // A scan ends after the last line end, even if the scan had to add that line end.
    return { from: this.#from, to: Math.min(this.#next, this.#to) }
  }

  /** Returns the position in the file of an address in the block. */
  filePosition(address: number): number {
    return this.#position + address - memory.block
  }

  /**
   * Moves on to the next block. Returns false after the last block. Throws StorageError `invalid`, with the
   * line, if the file breaks a rule.
   */
  next(): boolean {
    const found = this.tryNext()
    if (found === undefined) throw explainProblem(this.#file, this.start, this.columns)
    return found
  }

  /** The same, but returns undefined if a record of the block at `start` breaks a rule. */
  tryNext(): boolean | undefined {
    const { kernels, ends, endsRoom } = memory
    this.skipped = 0
    for (;;) {
      this.#from = this.#next
      const read = this.#position + this.#to - memory.block
      const last = this.#extent.complete && read === this.#extent.end
      // Scan what the previous scan left because `ends` was full before reading more.
      if (last || this.#to - this.#from > memory.blockBytes / 2) {
        this.records = kernels.scan(this.#from, this.#to, last, this.columns, this.#column, ends, endsRoom)
        if (kernels.scanBroken()) return undefined
        this.#next = kernels.scanNext()
        if (this.records > 0) return true
        if (last) return false
      }
      this.#refill()
    }
  }

  /** Passes over the first record of the block, such as a header. */
  skipRecord(): void {
    this.records--
    this.skipped++
  }

  readValues(column: number, type: FixedType, values: number, levels: number): number {
    return readColumn(type, this, column, values, levels)
  }

  readTexts(column: number, values: number, levels: number): ValuesRead {
    return readTexts(this, column, values, levels)
  }

  textBytes(column: number): number {
    return textBytes(this, column)
  }

  /** Moves the unscanned bytes to the front and reads more after them. */
  #refill(): void {
    const { block, blockBytes, bytes } = memory
    const rest = this.#to - this.#from
    if (rest === blockBytes) throw this.#tooLong(rest)
    bytes.copyWithin(block, this.#from, this.#to)
    this.#position = this.start
    this.#from = block
    this.#extent = this.#extend(this.#position + blockBytes)
    const wanted = Math.min(blockBytes - rest, this.#extent.end - this.#position - rest)
    const target = bytes.subarray(block + rest, block + rest + wanted)
    if (readAt(this.#file, target, this.#position + rest) < wanted) {
      throw damagedFile(this.#file.path, 'became shorter while it was read')
    }
    this.#to = block + rest + wanted
    this.#next = block
    if (this.#position === 0 && hasByteOrderMark(bytes, block)) this.#next += BYTE_ORDER_MARK_BYTES
  }

  #tooLong(bytes: number): Error {
    if (bytes < MAX_RECORD_BYTES) return new BlockTooSmall()
    const line = lineAt(this.#file, this.start)
    const limit = `expected at most ${MAX_RECORD_BYTES}`
    return new StorageError('invalid', `line ${line}: found a record of over ${bytes} bytes, ${limit}`)
  }
}

/** The block has no room for a whole record. */
export class BlockTooSmall extends Error {}

/**
 * Runs `read`, and starts it again with a larger block whenever a record does not fit. Throws StorageError
 * `heavy` instead if no larger block is allowed.
 */
export function withBlocks<T>(read: () => T, larger = true): T {
  try {
    for (;;) {
      try {
        return read()
      } catch (error) {
        if (!(error instanceof BlockTooSmall)) throw error
        if (!larger) throw new StorageError('heavy', 'a record is longer than a block')
        enlargeBlock()
      }
    }
  } finally {
    releaseBlock()
  }
}
