// A CSV has a checksum for each piece between its cuts, so that whoever reads a piece can tell whether it is what was uploaded.
import { CHECKSUM_BYTES, Checksum } from '../checksum.ts'
import { engine } from '../engine.ts'
import { type OpenFile, readAt } from '../files.ts'
import type { ChunkReader } from './chunks.ts'

const READ_BYTES = 256 * 1024
/** At a time, of what is in no chunk: it is mostly less. */
const BETWEEN_BYTES = 8 * 1024

/** Makes the checksums of a file's pieces while it is read in chunks. */
export class PieceChecksums {
  readonly #csv: OpenFile
  readonly #done: Uint8Array[] = []
  #piece = new Checksum()
  /** What is in front of it has been added. */
  #position = 0

  constructor(csv: OpenFile) {
    this.#csv = csv
  }

  /** A piece ends where the chunk begins. */
  endPiece(chunk: ChunkReader): void {
    this.#addFile(chunk.start)
    this.#done.push(this.#piece.digest())
    this.#piece = new Checksum()
  }

  add(chunk: ChunkReader): void {
    this.#addFile(chunk.start)
    const { from, to } = chunk.bounds
    this.#piece.update(engine.bytes.subarray(from, to))
    this.#position = chunk.filePosition(to)
  }

  /** All of them, one behind the other. Only at the end of the file. */
  finish(): Uint8Array {
    this.#addFile(Number.POSITIVE_INFINITY)
    return Buffer.concat([...this.#done, this.#piece.digest()])
  }

  /** What is in no chunk: the header, and blank lines. */
  #addFile(end: number): void {
    for (const bytes of bytesOf(this.#csv, this.#position, end, BETWEEN_BYTES)) {
      this.#piece.update(bytes)
      this.#position += bytes.length
    }
  }
}

/** The bytes of a file from one position up to another or its end, at most `most` at a time. Each part is valid until the next. */
export function* bytesOf(file: OpenFile, from: number, to: number, most = READ_BYTES): Generator<Uint8Array> {
  if (from >= to) return
  const buffer = new Uint8Array(Math.min(most, to - from))
  for (let position = from; position < to; ) {
    const count = readAt(file, buffer.subarray(0, Math.min(buffer.length, to - position)), position)
    if (count === 0) return
    position += count
    yield buffer.subarray(0, count)
  }
}

/** Whether the pieces of a file have these checksums. Yields how many bytes were read since. */
export function* checkPieces(
  file: OpenFile,
  cuts: readonly number[],
  checksums: Uint8Array,
): Generator<number, boolean> {
  for (const [i, from] of [0, ...cuts].entries()) {
    const checksum = new Checksum()
    for (const bytes of bytesOf(file, from, cuts[i] ?? file.size)) {
      checksum.update(bytes)
      yield bytes.length
    }
    const expected = checksums.subarray(i * CHECKSUM_BYTES, (i + 1) * CHECKSUM_BYTES)
    if (Buffer.compare(checksum.digest(), expected) !== 0) return false
  }
  return checksums.length === (cuts.length + 1) * CHECKSUM_BYTES
}
