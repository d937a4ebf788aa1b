import type { IdleTimeout } from '../admission/idleTimeout.ts'
import { countReceived } from '../config/tuning.ts'
import type { RequestBody } from './call.ts'
import { unpacked } from './compression.ts'
import { FrameDecoder } from './framing.ts'

/**
 * Yields the message in `body`, unpacked, as it arrives. `limit`: the most bytes of the message, packed and
 * unpacked.
 */
export async function* messageBytes(
  body: RequestBody,
  limit: number,
  timeout: IdleTimeout,
): AsyncGenerator<Uint8Array> {
  const frame = new FrameDecoder(limit)
  const packed = framedBytes(timeout.read(body.chunks), frame)
  const first = await packed.next()
  if (first.done) return
  const whole = joined(first.value, packed)
  yield* frame.compressed ? unpacked(whole, body.encoding, limit) : whole
}

async function* framedBytes(
  chunks: AsyncIterable<Uint8Array>,
  frame: FrameDecoder,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    countReceived(chunk.length)
    const bytes = frame.push(chunk)
    if (bytes.length > 0) yield bytes
  }
  frame.end()
}

async function* joined(first: Uint8Array, rest: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield first
  yield* rest
}
