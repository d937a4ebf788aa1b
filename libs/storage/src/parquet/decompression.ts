import { createRequire } from 'node:module'
import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from 'node:zlib'

// CompressionCodec of parquet.thrift.
export const UNCOMPRESSED = 0
const SNAPPY = 1
const GZIP = 2
const BROTLI = 4
const ZSTD = 6

// Few threads ever meet a file that needs it.
const require = createRequire(import.meta.url)

/** Fills `target` with what `source` was before it was compressed. Returns false if it does not know the codec. */
export function decompress(codec: number, source: Uint8Array, target: Uint8Array): boolean {
  if (codec === SNAPPY) {
    const { snappyUncompress }: typeof import('hyparquet/src/snappy.js') = require('hyparquet/src/snappy.js')
    snappyUncompress(source, target)
    return true
  }
  const decompressSync = { [GZIP]: gunzipSync, [BROTLI]: brotliDecompressSync, [ZSTD]: zstdDecompressSync }[
    codec
  ]
  if (!decompressSync) return false
  if (source.length === 0 && target.length === 0) return true
  const page = decompressSync(source, { maxOutputLength: Math.max(1, target.length) })
  if (page.length !== target.length) {
    throw new RangeError(`a page has ${page.length} bytes, expected ${target.length}`)
  }
  target.set(page)
  return true
}
