import { readSync } from 'node:fs'
import { type BadRecord, checkCsv, type OpenFile } from '@table/storage'
import { writeWhole } from '../wholeFile.ts'

const CHUNK_BYTES = 256 * 1024
const LINE_FEED = 0x0a

/**
 * Writes the bad records of a file below its header, byte for byte, so that they can be mended and uploaded. Reads the file again for that,
 * so that no list of bad records has to be kept. Throws CliError if the file cannot be written.
 */
export async function writeRejects(csv: OpenFile, headerEnd: number, path: string): Promise<void> {
  await writeWhole(path, rejected(csv, headerEnd), () => {})
}

/** Yields large chunks, because each of them costs a write. A chunk is valid until the next one. */
async function* rejected(csv: OpenFile, headerEnd: number): AsyncGenerator<Uint8Array> {
  const chunk = Buffer.alloc(CHUNK_BYTES)
  let length = 0
  for (const { from, to } of ranges(csv, headerEnd)) {
    let last = LINE_FEED
    for (let position = from; position < to; ) {
      // The last byte is for a line feed that the file does not have.
      const bytes = readSync(
        csv.fd,
        chunk,
        length,
        Math.min(CHUNK_BYTES - 1 - length, to - position),
        position,
      )
      if (bytes === 0) break
      position += bytes
      length += bytes
      last = chunk[length - 1] as number
      if (length < CHUNK_BYTES - 1) continue
      yield chunk.subarray(0, length)
      length = 0
    }
    if (last !== LINE_FEED) chunk[length++] = LINE_FEED
    if (length < CHUNK_BYTES - 1) continue
    yield chunk.subarray(0, length)
    length = 0
  }
  yield chunk.subarray(0, length)
}

function* ranges(csv: OpenFile, headerEnd: number): Generator<BadRecord['bytes']> {
  yield { from: 0, to: headerEnd }
  for (const step of checkCsv(csv)) if (typeof step !== 'number') yield step.bytes
}
