import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'
import { type Bytes, engine } from '../engine.ts'

// CompressionCodec of parquet.thrift.
export const UNCOMPRESSED = 0
const SNAPPY = 1
const GZIP = 2
const BROTLI = 4
const ZSTD = 6

/**
 * Decompresses bytes, if they are compressed, into the engine's page. Returns undefined for another codec and where the engine has
 * not so much room. Throws RangeError, or zlib's error, if they are not `size` bytes then.
 */
export function decompress(codec: number, compressed: Bytes, size: number): Bytes | undefined {
  if (codec === UNCOMPRESSED) return compressed
  const { kernels, bytes, page, pageBytes } = engine
  const { from, to } = compressed
  const decompressed = { from: page, to: page + size }
  if (size > pageBytes) return undefined
  if (codec === SNAPPY) {
    if (!kernels.decompressSnappy(from, to, page, size))
      throw new RangeError(`a page is not ${size} bytes of Snappy`)
    return decompressed
  }
  const decompressSync = { [GZIP]: gunzipSync, [BROTLI]: brotliDecompressSync, [ZSTD]: zstdDecompressSync }[
    codec
  ]
  if (!decompressSync) return undefined
  if (from === to && size === 0) return decompressed
  const result = decompressSync(bytes.subarray(from, to), { maxOutputLength: Math.max(1, size) })
  if (result.length !== size) throw new RangeError(`a page has ${result.length} bytes, expected ${size}`)
  bytes.set(result, page)
  return decompressed
}
