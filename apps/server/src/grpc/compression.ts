import { pipeline, type Transform } from 'node:stream'
import { createGunzip, createInflate, gunzipSync, inflateSync } from 'node:zlib'
import { Metadata, status } from '@grpc/grpc-js'
import { shown } from '@table/storage'
import { checkSize } from './framing.ts'
import { StatusError } from './status.ts'

/** Unpacks a message while it arrives. `limit`: the most bytes of the unpacked message. */
export async function* unpacked(
  packed: AsyncIterable<Uint8Array>,
  encoding: string,
  limit: number,
): AsyncGenerator<Uint8Array> {
  // The pipeline passes errors on to the unpacker, so that the loop below sees them.
  const unpacker = pipeline(packed, createUnpacker(encoding), () => {})
  let bytes = 0
  try {
    for await (const chunk of unpacker as AsyncIterable<Uint8Array>) {
      bytes += chunk.length
      checkSize(bytes, limit)
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
function createUnpacker(encoding: string): Transform {
  const options = { chunkSize: 64 * 1024, rejectGarbageAfterEnd: true }
  switch (encoding) {
    case 'gzip':
      return createGunzip(options)
    case 'deflate':
      return createInflate(options)
    default:
      throw wrongEncoding(encoding)
  }
}

/**
 * Unpacks a whole message at once: with many small messages, a stream for each would take more memory than
 * the messages do.
 */
export function unpack(message: Uint8Array, encoding: string, limit: number): Buffer {
  if (encoding !== 'gzip' && encoding !== 'deflate') throw wrongEncoding(encoding)
  try {
    return (encoding === 'gzip' ? gunzipSync : inflateSync)(message, {
      maxOutputLength: limit,
      rejectGarbageAfterEnd: true,
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE')
      throw notUnpackable(encoding, error as Error)
    throw new StatusError(
      status.RESOURCE_EXHAUSTED,
      `the message of ${message.length} bytes unpacks to more than ${limit} bytes, at most ${limit} are allowed: ask for less`,
    )
  }
}

/** The error for a compressed message whose encoding is neither gzip nor deflate. */
function wrongEncoding(encoding: string): StatusError {
  if (encoding === 'identity')
    return new StatusError(
      status.INTERNAL,
      'the message is compressed, but there is no grpc-encoding header to say how',
    )
  const metadata = new Metadata()
  metadata.set('grpc-accept-encoding', 'identity,deflate,gzip')
  return new StatusError(
    status.UNIMPLEMENTED,
    `the message is compressed with ${shown(encoding)}, expected gzip, deflate or identity`,
    metadata,
  )
}

/** The error for a message that does not have the encoding it claims. */
function notUnpackable(encoding: string, error: Error): StatusError {
  return new StatusError(
    status.INVALID_ARGUMENT,
    `the message is not ${encoding} data (${error.message}), as its grpc-encoding says`,
  )
}
