import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'

/** Writes to stdout as fast as stdout takes it. */
export async function print(chunks: AsyncIterable<string | Uint8Array>): Promise<void> {
  await pipeline(Readable.from(chunks, { objectMode: true }), process.stdout, { end: false })
}
