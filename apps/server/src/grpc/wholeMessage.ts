import { status } from '@grpc/grpc-js'
import type { IdleTimeout } from '../admission/idleTimeout.ts'
import type { RequestBody } from './call.ts'
import { unpack } from './compression.ts'
import { FrameDecoder } from './framing.ts'
import { StatusError } from './status.ts'

/** The most bytes that all requests under way may hold together. */
const MOST_HELD_BYTES = 16 * 1024 * 1024
/** The first size of a message's buffer. Most requests are smaller. */
const FIRST_BYTES = 256

/** Reads small requests as a whole. All requests together take at most `MOST_HELD_BYTES`, however they arrive. */
export class WholeMessages {
  readonly #timeout: IdleTimeout
  #held = 0

  constructor(timeout: IdleTimeout) {
    this.#timeout = timeout
  }

  /**
   * Reads the message, decodes it, and calls `method` with the request. The request counts as held until
   * `method` is done. `limit`: the most bytes of the message, packed and unpacked.
   */
  async with<Request, Response>(
    body: RequestBody,
    limit: number,
    decode: (message: Buffer) => Request,
    method: (request: Request) => Promise<Response>,
  ): Promise<Response> {
    const held = { bytes: 0 }
    try {
      return await method(decoded(await this.#read(body, limit, held), decode))
    } finally {
      this.#held -= held.bytes
    }
  }

  async #read({ chunks, encoding }: RequestBody, limit: number, held: { bytes: number }): Promise<Buffer> {
    const hold = (bytes: number) => {
      held.bytes += bytes
      this.#held += bytes
      if (this.#held > MOST_HELD_BYTES) throw tooMuchHeld(this.#held)
    }
    const frame = new FrameDecoder(limit, 'ask for less')
    // Copy the bytes: a chunk would keep the whole buffer that it was received in.
    let message = Buffer.alloc(0)
    let length = 0
    for await (const chunk of this.#timeout.read(chunks)) {
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
    const unpacked = unpack(message.subarray(0, length), encoding, limit)
    hold(unpacked.length)
    return unpacked
  }
}

/** Decodes a message. Throws INVALID_ARGUMENT if it cannot be decoded. */
export function decoded<Request>(message: Buffer, decode: (message: Buffer) => Request): Request {
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
