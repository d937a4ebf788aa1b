import type { Readable } from 'node:stream'
import { ServiceError } from '../service/errors.ts'

/** A request with more pieces than this must have at least `LEAST_BYTES` per piece on average. */
const FREE_PIECES = 64
/** The least average size of a piece. Until a piece is read, it takes some 200 bytes of memory, however small it is. */
const LEAST_BYTES = 256

/**
 * Watches for a request that comes in tiny frames or chunks: a window of 1 MiB has room for a million pieces
 * of one byte, which take 200 MB of memory. Calls `refuse` for each further piece of such a request. Pieces
 * are counted in `push`, because Node calls it for each piece even while nobody reads.
 */
export function refuseTinyPieces(stream: Readable, refuse: (error: ServiceError) => void): void {
  let pieces = 0
  let bytes = 0
  stream.push = (chunk: Uint8Array | null) => {
    if (chunk === null) return Object.getPrototypeOf(stream).push.call(stream, chunk)
    bytes += chunk.length
    if (++pieces <= FREE_PIECES || bytes >= pieces * LEAST_BYTES)
      return Object.getPrototypeOf(stream).push.call(stream, chunk)
    refuse(
      new ServiceError(
        'too-large',
        `the request came in ${pieces} pieces of ${Math.floor(bytes / pieces)} bytes on average, expected at least ${LEAST_BYTES}: send larger pieces`,
      ),
    )
    return true
  }
}
