import { status } from '@grpc/grpc-js'
import type { IdleTimeout } from '../admission/idleTimeout.ts'
import type { RequestBody } from './call.ts'
import { unpack } from './compression.ts'
import { FrameDecoder } from './framing.ts'
import { StatusError } from './status.ts'

/** In all requests that are held at a time. */
const MOST_HELD_BYTES = 16 * 1024 * 1024
/** Most requests have less. */
const FIRST_BYTES = 256

/** Reads requests that are no uploads, whole. The memory for all of them is bounded, however they arrive. */
export class WholeMessages {
  readonly #timeout: IdleTimeout
  #held = 0

  constructor(timeout: IdleTimeout) {
    this.#timeout = timeout
  }

  /**
   * Gives `method` the request that `decode` makes of the message. The request is held until `method` is done. `limit`: bytes of the
   * message, packed and unpacked.
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
    // Not the chunks themselves: each keeps the whole buffer that it was received in.
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

function decoded<Request>(message: Buffer, decode: (message: Buffer) => Request): Request {
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
