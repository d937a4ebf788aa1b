import { crc32 } from 'node:zlib'
import type { PageHeader } from '../../src/index.ts'
import { pageHeaderIn } from './pageHeader.ts'
import { plainDelta, plainIndices, plainLevels } from './pages.ts'

/** The content of an uncompressed column chunk. */
export interface Chunk {
  bytes: Uint8Array
  values: number
  /** The bits of a value. */
  bits: 32 | 64
  nullable: boolean
}

/**
 * Returns the sum of a column chunk, value by value, or undefined if the chunk is damaged or `sumChunk` does
 * not support it.
 */
export function plainChunkSum({ bytes, values, bits, nullable }: Chunk): bigint | undefined {
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
      dictionary = [0, 2].includes(header.encoding) ? plainValues(page, header.values, bits) : undefined
      if (!dictionary) return undefined
    } else if (header.type === 0 || header.type === 3) {
      const added = header.values <= left ? valuesOf(header, page, bits, nullable, dictionary) : undefined
      if (!added) return undefined
      for (const value of added) sum += value
      left -= header.values
    }
  }
  return sum
}

function valuesOf(
  header: PageHeader,
  page: Uint8Array,
  bits: 32 | 64,
  nullable: boolean,
  dictionary: bigint[] | undefined,
): bigint[] | undefined {
  const { encoding, values } = header
  const parts = header.type === 3 ? partsOfVersion2(header, page) : partsOf(header, page, nullable)
  if (!parts) return undefined
  const levels = nullable ? plainLevels(parts.levels, values) : Array<number>(values).fill(1)
  const count = levels?.filter(level => level === 1).length
  if (count === undefined || (header.type === 3 && count !== values - header.nulls)) return undefined
  if (encoding === 0) return plainValues(parts.data, count, bits)
  if (encoding === 5) return plainDelta(parts.data, count, bits)
  if (encoding !== 2 && encoding !== 8) return undefined
  return dictionary || count === 0 ? plainIndices(parts.data, count, dictionary ?? []) : undefined
}

function partsOf({ levelEncoding }: PageHeader, page: Uint8Array, nullable: boolean) {
  if (!nullable) return { levels: page.subarray(0, 0), data: page }
  if (levelEncoding !== 3 || page.length < 4) return undefined
  return split(page, 4, 4 + Buffer.from(page).readUInt32LE(0))
}

function partsOfVersion2({ repetitionBytes, levelBytes }: PageHeader, page: Uint8Array) {
  return split(page, repetitionBytes, repetitionBytes + levelBytes)
}

function split(page: Uint8Array, from: number, to: number) {
  return to > page.length ? undefined : { levels: page.subarray(from, to), data: page.subarray(to) }
}

function plainValues(bytes: Uint8Array, count: number, bits: 32 | 64): bigint[] | undefined {
  if (bytes.length !== (count * bits) / 8) return undefined
  const buffer = Buffer.from(bytes)
  return Array.from({ length: count }, (_, i) =>
    bits === 64 ? buffer.readBigInt64LE(8 * i) : BigInt(buffer.readInt32LE(4 * i)),
  )
}
