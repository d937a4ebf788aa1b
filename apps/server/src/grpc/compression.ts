import { gunzipSync, inflateSync } from 'node:zlib'
import { Metadata, status } from '@grpc/grpc-js'
import { shown } from '@table/storage'
import { isPacking, notUnpackable, type Packing, unpacked as unpackedBytes } from '../admission/unpacked.ts'
import { checkSize } from './framing.ts'
import { StatusError } from './status.ts'

/** Unpacks a message while it arrives. `limit`: the most bytes of the unpacked message. */
export function unpacked(
  packed: AsyncIterable<Uint8Array>,
  encoding: string,
  limit: number,
): AsyncGenerator<Uint8Array> {
  return unpackedBytes(packed, packingOf(encoding), bytes => checkSize(bytes, limit))
}

/**
 * Unpacks a whole message at once: with many small messages, a stream for each would take more memory than
 * the messages do.
 */
export function unpack(message: Uint8Array, encoding: string, limit: number): Buffer {
  const packing = packingOf(encoding)
  try {
    return (packing === 'gzip' ? gunzipSync : inflateSync)(message, {
      maxOutputLength: limit,
      rejectGarbageAfterEnd: true,
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE')
      throw notUnpackable(packing, error as Error)
    throw new StatusError(
      status.RESOURCE_EXHAUSTED,
      `the message of ${message.length} bytes unpacks to more than ${limit} bytes, at most ${limit} are allowed: ask for less`,
    )
  }
}

/** Throws a `StatusError` for a compressed message whose encoding is neither gzip nor deflate. */
function packingOf(encoding: string): Packing {
  if (isPacking(encoding)) return encoding
  if (encoding === 'identity')
    throw new StatusError(
      status.INTERNAL,
      'the message is compressed, but there is no grpc-encoding header to say how',
    )
  const metadata = new Metadata()
  metadata.set('grpc-accept-encoding', 'identity,deflate,gzip')
  throw new StatusError(
    status.UNIMPLEMENTED,
    `the message is compressed with ${shown(encoding)}, expected gzip, deflate or identity`,
    metadata,
  )
}
