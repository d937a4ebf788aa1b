// A CSV has a checksum for each section between its cuts, so that whoever reads a section can tell whether it
// has changed.
import { CHECKSUM_BYTES, Checksum } from '../checksum.ts'
import { type OpenFile, readParts } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import type { BlockReader } from './blockReader.ts'

/** How many bytes outside of blocks are read at a time. Mostly there are fewer. */
const BETWEEN_BYTES = 8 * 1024

/** Computes the checksums of a file's sections while the file is read in blocks. */
export class SectionChecksums {
  readonly #csv: OpenFile
  readonly #done: Uint8Array[] = []
  #section = new Checksum()
  /** Everything before this position has been added. */
  #position = 0

  constructor(csv: OpenFile) {
    this.#csv = csv
  }

  /** Ends a section where the block begins. */
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

  /** Returns all checksums, one after the other. Call this at the end of the file. */
  finish(): Uint8Array {
    this.#addFile(Number.POSITIVE_INFINITY)
    return Buffer.concat([...this.#done, this.#section.digest()])
  }

  /** Adds the bytes that are in no block: the header and blank lines. */
  #addFile(end: number): void {
    for (const bytes of readParts(this.#csv, this.#position, end, BETWEEN_BYTES)) {
      this.#section.update(bytes)
      this.#position += bytes.length
    }
  }
}

/**
 * Returns whether the sections of a file have these checksums. Yields how many bytes were read since the last
 * yield.
 */
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
