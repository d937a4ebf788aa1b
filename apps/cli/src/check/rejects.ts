import { readSync } from 'node:fs'
import { checkCsv, type OpenFile } from '@table/storage'
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

/** Yields large chunks, because each of them costs a write. */
async function* rejected(csv: OpenFile, headerEnd: number): AsyncGenerator<Uint8Array> {
  let chunk: Uint8Array[] = []
  let bytes = 0
  for (const part of parts(csv, headerEnd)) {
    chunk.push(part)
    bytes += part.length
    if (bytes < CHUNK_BYTES) continue
    yield Buffer.concat(chunk)
    chunk = []
    bytes = 0
  }
  yield Buffer.concat(chunk)
}

function* parts(csv: OpenFile, headerEnd: number): Generator<Uint8Array> {
  yield* bytesOf(csv, 0, headerEnd)
  for (const step of checkCsv(csv))
    if (typeof step !== 'number') yield* bytesOf(csv, step.bytes.from, step.bytes.to)
}

/** Yields a part of a file, and a line feed if the part has none at its end. */
function* bytesOf(csv: OpenFile, from: number, to: number): Generator<Uint8Array> {
  let last = LINE_FEED
  for (let position = from; position < to; ) {
    const part = Buffer.allocUnsafe(Math.min(CHUNK_BYTES, to - position))
    const bytes = readSync(csv.fd, part, 0, part.length, position)
    if (bytes === 0) break
    position += bytes
    last = part[bytes - 1] as number
    yield part.subarray(0, bytes)
  }
  if (last !== LINE_FEED) yield Buffer.from([LINE_FEED])
}
