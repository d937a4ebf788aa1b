/** Cuts bytes into chunks of these lengths, and what is left. */
export function split(bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] {
  const chunks = []
  let start = 0
  for (const length of lengths) {
    chunks.push(bytes.subarray(start, start + length))
    start += length
  }
  return [...chunks, bytes.subarray(start)]
}

/** What chunks hold that are done with when the next one is asked for. */
export async function joined(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const copies = []
  for await (const chunk of chunks) copies.push(Buffer.from(chunk))
  return Buffer.concat(copies)
}
