import { crc32 } from 'node:zlib'
import type { PageHeader } from '../../src/index.ts'
import { pageHeaderIn } from './pageHeader.ts'
import { plainDelta, plainIndices, plainLevels } from './pages.ts'

/** The content of an uncompressed column chunk. */
export interface Chunk {
  bytes: Uint8Array
  values: number
}

/**
 * Returns the sum of a column chunk, value by value, or undefined if the chunk is damaged or `sumChunk` does
 * not support it.
 */
export function plainChunkSum({ bytes, values }: Chunk): bigint | undefined {
  let sum = 0n
  let dictionary: bigint[] | undefined
  let at = 0
  for (let left = values; left > 0; ) {
    const header = pageHeaderIn(bytes.subarray(at))
    if (!header) return undefined
    at += header.headerBytes
    const page = bytes.subarray(at, at + header.bytes)
    at += header.bytes
    if (page.length < header.bytes) return undefined
    if (header.crc !== undefined && crc32(page) !== header.crc >>> 0) return undefined
    if (header.type === 2) {
      dictionary = header.encoding === 0 ? plainValues(page, header.values) : undefined
      if (!dictionary) return undefined
    } else if (header.type === 0) {
      const added = header.values <= left ? valuesOf(header, page, dictionary) : undefined
      if (!added) return undefined
      for (const value of added) sum += value
      left -= header.values
    } else return undefined
  }
  return sum
}

function valuesOf(
  { encoding, levelEncoding, values }: PageHeader,
  page: Uint8Array,
  dictionary: bigint[] | undefined,
): bigint[] | undefined {
  if (levelEncoding !== 3 || page.length < 4) return undefined
  const levelsEnd = 4 + Buffer.from(page).readUInt32LE(0)
  if (levelsEnd > page.length) return undefined
  const levels = plainLevels(page.subarray(4, levelsEnd), values)
  if (!levels) return undefined
  const count = levels.filter(level => level === 1).length
  const data = page.subarray(levelsEnd)
  if (encoding === 0) return plainValues(data, count)
  if (encoding === 5) return plainDelta(data, count, 64)
  if (encoding !== 8) return undefined
  return dictionary || count === 0 ? plainIndices(data, count, dictionary ?? []) : undefined
}

function plainValues(bytes: Uint8Array, count: number): bigint[] | undefined {
  if (bytes.length !== 8 * count) return undefined
  const buffer = Buffer.from(bytes)
  return Array.from({ length: count }, (_, i) => buffer.readBigInt64LE(8 * i))
}
