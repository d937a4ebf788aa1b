import { pipeline, type Transform } from 'node:stream'
import { createGunzip, createInflate } from 'node:zlib'
import { ServiceError } from '@table/table'

export type Packing = 'gzip' | 'deflate'

export function isPacking(encoding: string): encoding is Packing {
  return encoding === 'gzip' || encoding === 'deflate'
}

/**
 * Unpacks a body while it arrives. `check` is called with the number of unpacked bytes before they are passed
 * on, and throws if there are too many. Throws `invalid-request` if the body does not have the encoding.
 */
export async function* unpacked(
  packed: AsyncIterable<Uint8Array>,
  encoding: Packing,
  check: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  // The pipeline passes errors on to the unpacker, so that the loop below sees them.
  const unpacker = pipeline(packed, createUnpacker(encoding), () => {})
  let bytes = 0
  try {
    for await (const chunk of unpacker as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      check(bytes)
      yield chunk
    }
  } catch (error) {
    if (!/^Z_|^ERR_TRAILING_JUNK/.test((error as NodeJS.ErrnoException).code ?? '')) throw error
    throw notUnpackable(encoding, error as Error)
  }
}

/**
 * Creates an unpacker that ends only when the request ends, and that fails if bytes follow the compressed
 * data, such as a second gzip member. By default zlib ends at the first such byte, and an upload would be
 * committed while its client is still sending. gRPC's C core refuses such bytes too.
 */
function createUnpacker(encoding: Packing): Transform {
  const options = { chunkSize: 64 * 1024, rejectGarbageAfterEnd: true }
  return encoding === 'gzip' ? createGunzip(options) : createInflate(options)
}

/** The error for a body that does not have the encoding it claims. */
export function notUnpackable(encoding: Packing, error: Error): ServiceError {
  return new ServiceError(
    'invalid-request',
    `the message is not ${encoding} data (${error.message}), as its headers say`,
  )
}
