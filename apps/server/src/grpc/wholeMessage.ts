import { gunzipSync, inflateSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import type { IdleTimeout } from '../admission/idleTimeout.ts'
import type { RequestBody } from './call.ts'
import { FrameDecoder } from './framing.ts'
import { StatusError } from './statusError.ts'
import { notUnpackable, wrongEncoding } from './streamedMessage.ts'

/** The largest request that is no upload, packed and unpacked. */
const MOST_BYTES = 64 * 1024
/** In all requests that are held at a time. */
const MOST_HELD_BYTES = 16 * 1024 * 1024
/** Most requests have less. */
const FIRST_BYTES = 256

/** Reads requests that are no uploads, whole. The memory for all of them is bounded, however they arrive. */
export class Messages {
  readonly #idleTimeout: IdleTimeout
  #held = 0

  constructor(idleTimeout: IdleTimeout) {
    this.#idleTimeout = idleTimeout
  }

  /** Gives `method` the request that `decode` makes of the message. The request is held until `method` is done. */
  async with<Request, Response>(
    body: RequestBody,
    decode: (message: Uint8Array) => Request,
    method: (request: Request) => Promise<Response>,
  ): Promise<Response> {
    const held = { bytes: 0 }
    try {
      return await method(decoded(await this.#read(body, held), decode))
    } finally {
      this.#held -= held.bytes
    }
  }

  async #read({ chunks, encoding }: RequestBody, held: { bytes: number }): Promise<Uint8Array> {
    const hold = (bytes: number) => {
      held.bytes += bytes
      this.#held += bytes
      if (this.#held > MOST_HELD_BYTES) throw tooMuchHeld(this.#held)
    }
    const frame = new FrameDecoder(MOST_BYTES, 'ask for less')
    // Not the chunks themselves: each keeps the whole buffer that it was received in.
    let message = Buffer.alloc(0)
    let length = 0
    for await (const chunk of this.#idleTimeout.read(chunks)) {
      const bytes = frame.push(chunk)
      if (length + bytes.length > message.length) {
        const more = Math.max(FIRST_BYTES, message.length, bytes.length)
        hold(more)
        message = Buffer.concat([message], message.length + more)
      }
      message.set(bytes, length)
      length += bytes.length
    }
    frame.end()
    if (!frame.compressed) return message.subarray(0, length)
    const unpacked = unpack(message.subarray(0, length), encoding)
    hold(unpacked.length)
    return unpacked
  }
}

/** Unpacks at once: a stream for each of many messages would take more memory than the messages. */
function unpack(message: Uint8Array, encoding: string): Uint8Array {
  if (encoding !== 'gzip' && encoding !== 'deflate') throw wrongEncoding(encoding)
  try {
    return (encoding === 'gzip' ? gunzipSync : inflateSync)(message, {
      maxOutputLength: MOST_BYTES,
      rejectGarbageAfterEnd: true,
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE')
      throw notUnpackable(encoding, error as Error)
    throw new StatusError(
      status.RESOURCE_EXHAUSTED,
      `the message of ${message.length} bytes unpacks to more than ${MOST_BYTES} bytes, at most ${MOST_BYTES} are allowed: ask for less`,
    )
  }
}

function decoded<Request>(message: Uint8Array, decode: (message: Uint8Array) => Request): Request {
  try {
    return decode(message)
  } catch (error) {
    throw new StatusError(
      status.INVALID_ARGUMENT,
      `the message of ${message.length} bytes is not what the method takes (${(error as Error).message})`,
    )
  }
}

function tooMuchHeld(bytes: number): StatusError {
  return new StatusError(
    status.UNAVAILABLE,
    `the requests under way take ${bytes} bytes, at most ${MOST_HELD_BYTES} are allowed: try again later`,
  )
}
