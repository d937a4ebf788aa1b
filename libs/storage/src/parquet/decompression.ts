import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type Bytes, memory } from '../kernelMemory.ts'
import { Codec } from './format.ts'

/**
 * Decompresses bytes, if they are compressed, into `memory.page`. Returns undefined for another codec and where kernel memory
 * has too little room. Throws RangeError, or zlib's error, if they are not `size` bytes then.
 */
export function decompress(codec: number, compressed: Bytes, size: number): Bytes | undefined {
  if (codec === Codec.UNCOMPRESSED) return compressed
  const { kernels, bytes, page, pageBytes } = memory
  const { from, to } = compressed
  const decompressed = { from: page, to: page + size }
  if (size > pageBytes) return undefined
  if (codec === Codec.SNAPPY) {
    if (!kernels.decompressSnappy(from, to, page, size))
      throw new RangeError(`a page is not ${size} bytes of Snappy`)
    return decompressed
  }
  const decompressSync = {
    [Codec.GZIP]: gunzipSync,
    [Codec.BROTLI]: brotliDecompressSync,
    [Codec.ZSTD]: zstdDecompressSync,
  }[codec]
  if (!decompressSync) return undefined
  if (from === to && size === 0) return decompressed
  const result = decompressSync(bytes.subarray(from, to), { maxOutputLength: Math.max(1, size) })
  if (result.length !== size) throw new RangeError(`a page has ${result.length} bytes, expected ${size}`)
  bytes.set(result, page)
  return decompressed
}
