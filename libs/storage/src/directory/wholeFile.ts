// Reads a stored file from its start to its end, on the main thread, and checks it on the way.
import type { FileHandle } from 'node:fs/promises'
import { openFileAsync, readAtAsync } from '../asyncFiles.ts'
import type { FoundUpload } from '../catalogue/database.ts'
import { CHECKSUM_BYTES, Checksum } from '../checksum.ts'
import { StorageError } from '../errors.ts'
import { type Format, storedFile } from '../paths.ts'

/** How many bytes are read at a time. */
const PART_BYTES = 64 * 1024

/** Opens a stored file. Throws StorageError `damaged` if the file is missing. The caller closes it. */
export async function openWholeFile(
  dataDir: string,
  { upload, checksums }: FoundUpload,
  format: Format,
): Promise<WholeFile> {
  const path = storedFile(dataDir, upload.id, format)
  const sections = format === 'csv' ? [...upload.csvCuts, upload.csvBytes] : [upload.parquetBytes]
  const damaged = (problem: string) =>
    new StorageError('damaged', `upload ${upload.id}: ${path} ${problem}`, {
      forClients: `upload ${upload.id}, ${format}: the file ${problem}`,
    })
  const handle = await openFileAsync(path).catch(error => {
    throw error.code === 'ENOENT' ? damaged('is missing') : error
  })
  return new WholeFile(handle, path, sections, checksums[format], damaged)
}

export class WholeFile {
  readonly #handle: FileHandle
  readonly #path: string
  /** The positions where sections end. Each section has a checksum. */
  readonly #sections: readonly number[]
  readonly #checksums: Uint8Array
  readonly #damaged: (problem: string) => StorageError

  constructor(
    handle: FileHandle,
    path: string,
    sections: readonly number[],
    checksums: Uint8Array,
    damaged: (problem: string) => StorageError,
  ) {
    this.#handle = handle
    this.#path = path
    this.#sections = sections
    this.#checksums = checksums
    this.#damaged = damaged
  }

  get bytes(): number {
    return this.#sections.at(-1) ?? 0
  }

  /** Identifies the bytes of the file by their number and their checksums. */
  get version(): string {
    const checksum = new Checksum()
    checksum.update(this.#checksums)
    return `${this.bytes.toString(16)}-${Buffer.from(checksum.digest()).toString('hex')}`
  }

  /** Yields the bytes from `start` to before `end`, without checking them. Each part is valid until the next one. */
  async *range(start: number, end: number): AsyncGenerator<Uint8Array, void, undefined> {
    const buffer = Buffer.alloc(Math.min(PART_BYTES, end - start))
    for (let position = start; position < end; ) {
      const part = await this.#read(buffer.subarray(0, end - position), position)
      position += part.length
      yield part
    }
  }

  /**
   * Yields the bytes of the file. Each part is valid until the next one. Throws StorageError `damaged` when a section of the file is not
   * what was stored.
   */
  async *parts(): AsyncGenerator<Uint8Array, void, undefined> {
    const buffer = Buffer.alloc(PART_BYTES)
    let position = 0
    for (const [i, end] of this.#sections.entries()) {
      const checksum = new Checksum()
      while (position < end) {
        const part = await this.#read(buffer.subarray(0, end - position), position)
        checksum.update(part)
        position += part.length
        yield part
      }
      const expected = this.#checksums.subarray(i * CHECKSUM_BYTES, (i + 1) * CHECKSUM_BYTES)
      if (Buffer.compare(checksum.digest(), expected) !== 0)
        throw this.#damaged('has other bytes than when it was stored')
    }
  }

  /** Reads at least one byte. */
  async #read(target: Buffer, position: number): Promise<Buffer> {
    const count = await readAtAsync(this.#handle, this.#path, target, position)
    if (count === 0) throw this.#damaged(`has ${position} bytes, expected ${this.bytes}`)
    return target.subarray(0, count)
  }

  close(): Promise<void> {
    return this.#handle.close()
  }
}
