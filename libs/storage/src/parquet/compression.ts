import { constants, zstdCompressSync } from 'node:zlib'
import { memory } from '../kernelMemory.ts'
import type { Pages } from './pages.ts'

/** Compressing fewer bytes is not worth the time. */
const LEAST_BYTES = 4 * 1024
/** Compression is worth the readers' time only if it leaves at most this share of the bytes. */
const WORTH = 0.88
/** The size of the sample of a long page that tells whether compression is worth it. */
const SAMPLE_BYTES = 16 * 1024

const options = { params: { [constants.ZSTD_c_compressionLevel]: 1 } }

/** A column chunk's pages as they are stored. */
export interface StoredPages {
  dictionary?: Uint8Array<ArrayBuffer>
  data: Uint8Array<ArrayBuffer>
}

/**
 * Compresses pages with zstd. The caller must release the result. Returns undefined if compression is not
 * worth it. May overwrite the bytes after the levels.
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

/** Frees the memory of compressed pages at once: the garbage collector would let hundreds of MB of them pile up. */
export function release({ dictionary, data }: StoredPages): void {
  dictionary?.buffer.transfer(0)
  data.buffer.transfer(0)
}

/**
 * Estimates how many bytes compression leaves. Returns 0 for small pages, because sampling them costs as much
 * as compressing them.
 */
function estimated(bytes: Uint8Array): number {
  if (bytes.length < 2 * SAMPLE_BYTES) return 0
  const start = (bytes.length - SAMPLE_BYTES) >> 1
  const sample = zstd(bytes.subarray(start, start + SAMPLE_BYTES))
  const left = sample.length / SAMPLE_BYTES
  sample.buffer.transfer(0)
  return left * bytes.length
}

/** Moves the second part right after the first in kernel memory, and returns both. */
function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const { bytes } = memory
  const end = first.byteOffset + first.length
  bytes.copyWithin(end, second.byteOffset, second.byteOffset + second.length)
  return bytes.subarray(first.byteOffset, end + second.length)
}

/** Compresses into a buffer of its own: large enough for any result, and too large for Node's buffer pool. */
function zstd(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const bound = bytes.length + (bytes.length >> 8) + 64 // ZSTD_COMPRESSBOUND
  return zstdCompressSync(bytes, { ...options, chunkSize: Math.max(bound + 1, Buffer.poolSize) })
}
