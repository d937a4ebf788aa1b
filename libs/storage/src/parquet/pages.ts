import { memory } from '../kernelMemory.ts'
import type { ColumnBuffer } from './columnBuffer.ts'
import { indices, levelBits } from './columnBuffer.ts'

/** The pages of a column chunk without their headers. The bytes are in kernel memory and valid until the next pages. */
export interface Pages {
  dictionary?: { entries: number; bytes: Uint8Array }
  /** The data page: which rows have a value, then the values. */
  levels: Uint8Array
  encoding: 'PLAIN' | 'RLE_DICTIONARY' | 'DELTA_BINARY_PACKED'
  values: Uint8Array
}

/** What a dictionary page takes besides its entries: a header, and a place in the footer. */
const DICTIONARY_OVERHEAD = 26

/** Returns the bytes that depend on the encoding. */
export function variableBytes({ dictionary, values }: Pages): number {
  return values.length + (dictionary ? dictionary.bytes.length + DICTIONARY_OVERHEAD : 0)
}

/** Returns the values in PLAIN encoding. */
export function plainPages(column: ColumnBuffer): Pages {
  const { page } = memory
  return {
    levels: bytesOf(page, writeLevels(column, page)),
    encoding: 'PLAIN',
    values: bytesOf(column.values, column.values + column.valueBytes),
  }
}

/** Returns pages whose values `write` encodes. `write` gets the address to write to, and returns the end address. */
export function encodedPages(
  column: ColumnBuffer,
  encoding: 'PLAIN' | 'DELTA_BINARY_PACKED',
  write: (out: number) => number,
): Pages {
  const { page } = memory
  const values = writeLevels(column, page)
  return { levels: bytesOf(page, values), encoding, values: bytesOf(values, write(values)) }
}

/**
 * Returns dictionary pages. The entries, `entryBytes` in total, must be in `memory.page`, and the indices in
 * `indices()` unless there is only one entry.
 */
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
 * Returns how many entries of `width` bytes a dictionary may have, at most 32 Ki, before it certainly takes
 * at least `bytes` bytes: an index that differs from the previous one takes at least its bits.
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
