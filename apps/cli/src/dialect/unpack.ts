import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
// Node 20 and older releases of Node 22 have no zstd.
import zlib from 'node:zlib'
import { CliError } from '../errors.ts'
import type { UploadSource } from '../streamedUpload.ts'

const CHUNK_BYTES = 256 * 1024

/** How files are packed whose first bytes are these. */
const packings = [
  { magic: Buffer.from([0x1f, 0x8b, 0x08]), unpacker: zlib.createGunzip },
  { magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), unpacker: zlib.createZstdDecompress },
]

export type Packing = (typeof packings)[number]

/** How a file is packed that begins with `block`: by gzip, zstd or not at all. */
export function packingOf(block: Buffer): Packing | undefined {
  return packings.find(({ magic }) => block.subarray(0, magic.length).equals(magic))
}

/** Yields what is packed in a file. Throws CliError if it is damaged, not whole, or more than one packed file. */
export async function* unpacked(
  { size, chunks }: UploadSource,
  { unpacker }: Packing,
): AsyncGenerator<Buffer> {
  if (!unpacker)
    throw new CliError(
      `is packed by zstd: found Node ${process.version}, expected Node 22.15 or newer; unpack it first`,
    )
  const output = unpacker({ chunkSize: CHUNK_BYTES })
  // Streams read ahead, and a source may use a chunk's memory again.
  const finished = pipeline(Readable.from(copies(chunks), { highWaterMark: 1 }), output)
  finished.catch(() => {}) // Reading `output` throws the same.
  try {
    for await (const chunk of output) yield chunk
  } catch (error) {
    if (error instanceof CliError) throw error
    throw new CliError(`cannot be unpacked (${(error as Error).message}): it is damaged or not whole`)
  }
  // Node unpacks the first of several zstd frames, and leaves out the rest without a word.
  const left = size - output.bytesWritten
  if (left > 0) throw new CliError(`has ${left} bytes more than one packed file: unpack it before the upload`)
}

async function* copies(chunks: UploadSource['chunks']): AsyncGenerator<Buffer> {
  for await (const chunk of chunks) yield Buffer.from(chunk)
}
