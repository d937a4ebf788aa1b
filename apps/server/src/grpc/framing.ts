import { status } from '@grpc/grpc-js'
import { MAX_MESSAGE_BYTES } from '../config/limits.ts'
import { StatusError } from './status.ts'

/** A frame is a byte that says whether the message is compressed, and the message's length in 4 bytes (big-endian), before the message. */
export const PREFIX_BYTES = 5

const UPLOAD_ADVICE = 'upload it in pieces'

/**
 * Takes the one message of a unary request out of its frame, chunk by chunk
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Length-Prefixed-Message).
 */
export class FrameDecoder {
  /** Known once `push` has returned bytes of the message. */
  compressed = false
  readonly #limit: number
  readonly #advice: string
  readonly #prefix = Buffer.alloc(PREFIX_BYTES)
  #prefixBytes = 0
  #length = 0
  #received = 0

  /** `limit`: the most bytes of a message before unpacking. `advice`: what to do about a larger message. */
  constructor(limit = MAX_MESSAGE_BYTES, advice = UPLOAD_ADVICE) {
    this.#limit = limit
    this.#advice = advice
  }

  /**
   * Returns the message's bytes in this chunk as a view. Throws a `StatusError` if the message is too large
   * or is followed by more bytes.
   */
  push(chunk: Uint8Array): Uint8Array {
    const rest = this.#prefixBytes < PREFIX_BYTES ? this.#takePrefix(chunk) : chunk
    const bytes = rest.subarray(0, this.#length - this.#received)
    this.#received += bytes.length
    if (bytes.length < rest.length)
      throw new StatusError(status.UNIMPLEMENTED, 'received more than one request message')
    return bytes
  }

  /** Ends the request. Throws a `StatusError` if the message is missing or incomplete. */
  end(): void {
    if (this.#prefixBytes === 0) throw new StatusError(status.UNIMPLEMENTED, 'received no request message')
    if (this.#prefixBytes === PREFIX_BYTES && this.#received === this.#length) return
    const length =
      this.#prefixBytes < PREFIX_BYTES ? 'its length' : `the ${this.#length} bytes of its message`
    throw new StatusError(
      status.INVALID_ARGUMENT,
      `the request ended after ${this.#prefixBytes + this.#received} bytes, before ${length}`,
    )
  }

  /** Returns the bytes after the prefix in this chunk. */
  #takePrefix(chunk: Uint8Array): Uint8Array {
    const part = chunk.subarray(0, PREFIX_BYTES - this.#prefixBytes)
    this.#prefix.set(part, this.#prefixBytes)
    this.#prefixBytes += part.length
    if (this.#prefixBytes === PREFIX_BYTES) this.#readPrefix()
    return chunk.subarray(part.length)
  }

  #readPrefix(): void {
    const { compressed, length } = readPrefix(this.#prefix)
    this.compressed = compressed
    this.#length = length
    checkSize(length, this.#limit, this.#advice)
  }
}

/** Reads what comes before a message. Throws a `StatusError` if the first byte is neither 0 nor 1. */
export function readPrefix(prefix: Buffer): { compressed: boolean; length: number } {
  const flag = prefix[0]
  if (flag > 1)
    throw new StatusError(
      status.INVALID_ARGUMENT,
      `the message starts with the byte ${flag}, expected 0 (not compressed) or 1 (compressed)`,
    )
  return { compressed: flag === 1, length: prefix.readUInt32BE(1) }
}

/** Throws a `StatusError` if a message of `bytes` bytes is larger than allowed. */
export function checkSize(bytes: number, limit: number, advice = UPLOAD_ADVICE): void {
  if (bytes <= limit) return
  throw new StatusError(
    status.RESOURCE_EXHAUSTED,
    `the message has ${bytes} bytes, at most ${limit} are allowed: ${advice}`,
  )
}
