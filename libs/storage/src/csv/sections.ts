// A CSV has a checksum for each section between its cuts, so that whoever reads a section can tell whether it is what was uploaded.
import { CHECKSUM_BYTES, Checksum } from '../checksum.ts'
import { type OpenFile, readParts } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import type { BlockReader } from './blockReader.ts'

/** At a time, of what is in no block: it is mostly less. */
const BETWEEN_BYTES = 8 * 1024

/** Makes the checksums of a file's sections while it is read in blocks. */
export class SectionChecksums {
  readonly #csv: OpenFile
  readonly #done: Uint8Array[] = []
  #section = new Checksum()
  /** What is in front of it has been added. */
  #position = 0

  constructor(csv: OpenFile) {
    this.#csv = csv
  }

  /** A section ends where the block begins. */
  endSection(block: BlockReader): void {
    this.#addFile(block.start)
    this.#done.push(this.#section.digest())
    this.#section = new Checksum()
  }

  add(block: BlockReader): void {
    this.#addFile(block.start)
    const { from, to } = block.bounds
    this.#section.update(memory.bytes.subarray(from, to))
    this.#position = block.filePosition(to)
  }

  /** All of them, one behind the other. Only at the end of the file. */
  finish(): Uint8Array {
    this.#addFile(Number.POSITIVE_INFINITY)
    return Buffer.concat([...this.#done, this.#section.digest()])
  }

  /** What is in no block: the header, and blank lines. */
  #addFile(end: number): void {
    for (const bytes of readParts(this.#csv, this.#position, end, BETWEEN_BYTES)) {
      this.#section.update(bytes)
      this.#position += bytes.length
    }
  }
}

/** Whether the sections of a file have these checksums. Yields how many bytes were read since. */
export function* checkSections(
  file: OpenFile,
  cuts: readonly number[],
  checksums: Uint8Array,
): Generator<number, boolean> {
  for (const [i, from] of [0, ...cuts].entries()) {
    const checksum = new Checksum()
    for (const bytes of readParts(file, from, cuts[i] ?? file.size)) {
      checksum.update(bytes)
      yield bytes.length
    }
    const expected = checksums.subarray(i * CHECKSUM_BYTES, (i + 1) * CHECKSUM_BYTES)
    if (Buffer.compare(checksum.digest(), expected) !== 0) return false
  }
  return checksums.length === (cuts.length + 1) * CHECKSUM_BYTES
}
