import { status } from '@grpc/grpc-js'
import type { RequestBody } from './call.ts'
import { StatusError } from './errors.ts'
import type { Patience } from './patience.ts'
import { messageBytes } from './receive.ts'

/** The largest request that is no upload, packed and unpacked. */
const MOST_BYTES = 64 * 1024
/** In all requests that are still incomplete. */
const MOST_HELD_BYTES = 16 * 1024 * 1024
/** Larger than the requests of most clients. */
const FIRST_BYTES = 256

/** Reads requests that are held whole. The memory for all of them is bounded, however they arrive. */
export class MessageReader {
  readonly #patience: Patience
  #held = 0

  constructor(patience: Patience) {
    this.#patience = patience
  }

  /** Throws INVALID_ARGUMENT for what `decode` cannot read. */
  async read<Request>(body: RequestBody, decode: (message: Uint8Array) => Request): Promise<Request> {
    const message = await this.#gather(body)
    try {
      return decode(message)
    } catch (error) {
      throw new StatusError(
        status.INVALID_ARGUMENT,
        `the message of ${message.length} bytes is not what the method takes (${(error as Error).message})`,
      )
    }
  }

  async #gather(body: RequestBody): Promise<Uint8Array> {
    // Not a view of what arrived: that would keep the whole buffer that it was received in.
    let message = Buffer.allocUnsafe(FIRST_BYTES)
    let length = 0
    this.#held += FIRST_BYTES
    try {
      for await (const bytes of messageBytes(body, { uploadBytes: MOST_BYTES, patience: this.#patience })) {
        if (length + bytes.length > message.length) {
          const longer = Buffer.allocUnsafeSlow(Math.max(2 * message.length, length + bytes.length))
          message.copy(longer, 0, 0, length)
          this.#held += longer.length - message.length
          message = longer
          if (this.#held > MOST_HELD_BYTES)
            throw new StatusError(
              status.UNAVAILABLE,
              `incomplete requests take ${this.#held} bytes, at most ${MOST_HELD_BYTES} are allowed: try again later`,
            )
        }
        message.set(bytes, length)
        length += bytes.length
      }
      return message.subarray(0, length)
    } finally {
      this.#held -= message.length
    }
  }
}
