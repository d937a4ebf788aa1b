import type { Readable } from 'node:stream'
import { ServiceError } from '@table/table'

/** A request with more pieces than this must have at least `LEAST_BYTES` per piece on average. */
const FREE_PIECES = 64
/** The least average size of a piece. Until a piece is read, it takes some 200 bytes of memory, however small it is. */
const LEAST_BYTES = 256

interface Count {
  pieces: number
  bytes: number
  refuse: (error: ServiceError) => void
}

const counts = new WeakMap<Readable, Count>()

/**
 * Refuses a request that comes in tiny frames or chunks: a window of 1 MiB has room for a million pieces of
 * one byte, which take 200 MB of memory. Calls `refuse` at the first piece too many, also for one that came
 * since `countPieces`.
 */
export function refuseTinyPieces(stream: Readable, refuse: Count['refuse']): void {
  const count = countPieces(stream)
  count.refuse = refuse
  if (isTiny(count)) refuse(tooManyPieces(count))
}

/**
 * Counts the pieces of a request from now on, and drops those that are too many. They are counted in `push`,
 * because Node calls it for each piece even while nobody reads.
 */
export function countPieces(stream: Readable): Count {
  const known = counts.get(stream)
  if (known) return known
  const count: Count = { pieces: 0, bytes: 0, refuse: () => {} }
  counts.set(stream, count)
  stream.push = (chunk: Uint8Array | null) => {
    if (chunk === null) return Object.getPrototypeOf(stream).push.call(stream, chunk)
    count.pieces++
    count.bytes += chunk.length
    if (!isTiny(count)) return Object.getPrototypeOf(stream).push.call(stream, chunk)
    const { refuse } = count
    count.refuse = () => {} // once is enough: a client may go on sending a million pieces
    refuse(tooManyPieces(count))
    return true
  }
  return count
}

function isTiny({ pieces, bytes }: Count): boolean {
  return pieces > FREE_PIECES && bytes < pieces * LEAST_BYTES
}

function tooManyPieces({ pieces, bytes }: Count): ServiceError {
  return new ServiceError(
    'too-large',
    `the request came in ${pieces} pieces of ${Math.floor(bytes / pieces)} bytes on average, expected at least ${LEAST_BYTES}: send larger pieces`,
  )
}
