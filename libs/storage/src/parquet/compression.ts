import { constants, zstdCompressSync } from 'node:zlib'
import { memory } from '../kernelMemory.ts'
import type { Pages } from './pages.ts'

/** Fewer bytes are not worth the time. */
const LEAST_BYTES = 4 * 1024
/** What a compression must leave of the bytes to be worth the time of those who read them. */
const WORTH = 0.88
/** So much of a long page says first whether it is. */
const SAMPLE_BYTES = 16 * 1024

const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** A column chunk's pages as they are stored. */
export interface StoredPages {
  dictionary?: Uint8Array<ArrayBuffer>
  data: Uint8Array<ArrayBuffer>
}

/**
 * The pages compressed by zstd, for the caller to release; undefined where that does not pay. May overwrite what is behind
 * the levels.
 */
export function compress({ dictionary, levels, values }: Pages): StoredPages | undefined {
  const entries = dictionary?.bytes
  const bytes = (entries?.length ?? 0) + levels.length + values.length
  if (bytes < LEAST_BYTES) return undefined
  const estimate = levels.length + (entries ? estimated(entries) : 0) + estimated(values)
  if (estimate > WORTH * bytes) return undefined
  const stored = { ...(entries && { dictionary: zstd(entries) }), data: zstd(joined(levels, values)) }
  if ((stored.dictionary?.length ?? 0) + stored.data.length <= WORTH * bytes) return stored
  release(stored)
  return undefined
}

/** Frees the memory of compressed pages: the garbage collector would let hundreds of MB of them lie about. */
export function release({ dictionary, data }: StoredPages): void {
  dictionary?.buffer.transfer(0)
  data.buffer.transfer(0)
}

/** What compression might leave of the bytes. Of a few, nothing: to find that out takes as long as to do it. */
function estimated(bytes: Uint8Array): number {
  if (bytes.length < 2 * SAMPLE_BYTES) return 0
  const start = (bytes.length - SAMPLE_BYTES) >> 1
  const sample = zstd(bytes.subarray(start, start + SAMPLE_BYTES))
  const left = sample.length / SAMPLE_BYTES
  sample.buffer.transfer(0)
  return left * bytes.length
}

/** Two parts of kernel memory, the second one moved behind the first. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const { bytes } = memory
  const end = first.byteOffset + first.length
  bytes.copyWithin(end, second.byteOffset, second.byteOffset + second.length)
  return bytes.subarray(first.byteOffset, end + second.length)
}

/** The result has a buffer of its own: room for whatever comes out, and no less than Node would take from its pool. */
function zstd(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const bound = bytes.length + (bytes.length >> 8) + 64 // ZSTD_COMPRESSBOUND
  return zstdCompressSync(bytes, { ...options, chunkSize: Math.max(bound + 1, Buffer.poolSize) })
}
