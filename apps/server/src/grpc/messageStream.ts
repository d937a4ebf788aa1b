import { status } from '@grpc/grpc-js'
import type { IdleTimeout } from '../admission/idleTimeout.ts'
import { countReceived } from '../config/tuning.ts'
import type { RequestBody } from './call.ts'
import { unpacked } from './compression.ts'
import { PREFIX_BYTES, readPrefix } from './framing.ts'
import { StatusError } from './status.ts'

/**
 * Yields the messages of a request, each unpacked, as they arrive. Each message has to be read to its end before the next one. `limit`: the
 * most bytes of all messages together, packed and unpacked.
 */
export async function* messagesOf(
  body: RequestBody,
  limit: number,
  timeout: IdleTimeout,
): AsyncGenerator<AsyncIterable<Uint8Array>> {
  const frames = new FrameReader(timeout.read(body.chunks))
  let packedBytes = 0
  let unpackedBytes = 0
  async function* counted(message: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const bytes of message) {
      unpackedBytes += bytes.length
      checkTotal(unpackedBytes, limit)
      yield bytes
    }
  }
  for (let frame = await frames.next(); frame; frame = await frames.next()) {
    // Count the prefixes: empty messages could go on for ever.
    packedBytes += PREFIX_BYTES + frame.length
    checkTotal(packedBytes, limit)
    yield counted(frame.compressed ? unpacked(frames.bytes(), body.encoding, limit) : frames.bytes())
  }
}

function checkTotal(bytes: number, limit: number): void {
  if (bytes <= limit) return
  throw new StatusError(
    status.RESOURCE_EXHAUSTED,
    `the messages of the call have at least ${bytes} bytes together, at most ${limit} are allowed: send less in one call`,
  )
}

/** Reads one frame after the other. */
class FrameReader {
  readonly #chunks: AsyncIterator<Uint8Array>
  #chunk: Uint8Array = new Uint8Array(0)
  /** The bytes of the current message that were not read yet. */
  #left = 0

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]()
  }

  /** Reads the prefix of the next frame. Returns undefined at the end of the request. */
  async next(): Promise<{ compressed: boolean; length: number } | undefined> {
    const prefix = Buffer.alloc(PREFIX_BYTES)
    let bytes = 0
    while (bytes < PREFIX_BYTES) {
      if (this.#chunk.length === 0 && !(await this.#receive())) {
        if (bytes === 0) return undefined
        throw endedEarly(`${bytes} bytes of the next message, before its length`)
      }
      const part = this.#take(PREFIX_BYTES - bytes)
      prefix.set(part, bytes)
      bytes += part.length
    }
    const frame = readPrefix(prefix)
    this.#left = frame.length
    return frame
  }

  /** Yields the bytes of the current message. */
  async *bytes(): AsyncGenerator<Uint8Array> {
    while (this.#left > 0) {
      if (this.#chunk.length === 0 && !(await this.#receive()))
        throw endedEarly(`a message that lacks ${this.#left} bytes`)
      const part = this.#take(this.#left)
      this.#left -= part.length
      yield part
    }
  }

  #take(most: number): Uint8Array {
    const part = this.#chunk.subarray(0, most)
    this.#chunk = this.#chunk.subarray(part.length)
    return part
  }

  /** Waits for the next chunk. Returns false at the end of the request. */
  async #receive(): Promise<boolean> {
    const { done, value } = await this.#chunks.next()
    if (done) return false
    countReceived(value.length)
    this.#chunk = value
    return true
  }
}

function endedEarly(where: string): StatusError {
  return new StatusError(status.INVALID_ARGUMENT, `the request ended after ${where}`)
}
