import { memory } from '../kernelMemory.ts'
import type { ColumnBuffer } from './columnBuffer.ts'
import { indices, levelBits } from './columnBuffer.ts'

/** The pages of a column chunk, without their headers. Their bytes are kernel memory: valid until the next pages. */
export interface Pages {
  dictionary?: { entries: number; bytes: Uint8Array }
  /** Of the data page: which rows have a value, then the values. */
  levels: Uint8Array
  encoding: 'PLAIN' | 'RLE_DICTIONARY' | 'DELTA_BINARY_PACKED'
  values: Uint8Array
}

/** What a dictionary page takes besides its entries: a header, and a place in the footer. */
const DICTIONARY_OVERHEAD = 26

/** Bytes that one encoding may take more than another. */
export function variableBytes({ dictionary, values }: Pages): number {
  return values.length + (dictionary ? dictionary.bytes.length + DICTIONARY_OVERHEAD : 0)
}

/** The values as they are. */
export function plainPages(column: ColumnBuffer): Pages {
  const { page } = memory
  return {
    levels: bytesOf(page, writeLevels(column, page)),
    encoding: 'PLAIN',
    values: bytesOf(column.values, column.values + column.valueBytes),
  }
}

/** `write` writes all values from the address on that it gets, and returns where they end. */
export function encodedPages(
  column: ColumnBuffer,
  encoding: 'PLAIN' | 'DELTA_BINARY_PACKED',
  write: (out: number) => number,
): Pages {
  const { page } = memory
  const values = writeLevels(column, page)
  return { levels: bytesOf(page, values), encoding, values: bytesOf(values, write(values)) }
}

/** The entries, `entryBytes` in all, are in `memory.page` already, and the indices in `indices()`, unless there is but one entry. */
export function dictionaryPages(column: ColumnBuffer, entries: number, entryBytes: number): Pages {
  const { page, kernels, bytes } = memory
  const data = page + entryBytes
  const values = writeLevels(column, data)
  const width = Math.max(1, 32 - Math.clz32(entries - 1)) // some readers want at least one bit
  bytes[values] = width
  const end =
    entries === 1
      ? kernels.encodeZeros(column.count, values + 1)
      : kernels.encodeIndices(indices(), column.count, width, values + 1)
  return {
    dictionary: { entries, bytes: bytesOf(page, data) },
    levels: bytesOf(data, values),
    encoding: 'RLE_DICTIONARY',
    values: bytesOf(values, end),
  }
}

/**
 * How many entries of `width` bytes a dictionary may have, at most 32 Ki, before it is certain to take as many as `bytes`
 * bytes: an index that differs from the one before it takes at least its bits.
 */
export function dictionaryLimit(width: number, changes: number, bytes: number): number {
  const room = bytes - DICTIONARY_OVERHEAD - 1
  for (let bits = 15; bits > 0; bits--) {
    const entries = Math.min(2 ** bits, Math.floor((room - (changes * bits) / 8) / width))
    if (entries > 2 ** (bits - 1)) return entries
  }
  return 0
}

function writeLevels({ levels, rows, count }: ColumnBuffer, out: number): number {
  return memory.kernels.encodeLevels(levels, rows, count, levelBits(), out)
}

function bytesOf(start: number, end: number): Uint8Array {
  return memory.bytes.subarray(start, end)
}
