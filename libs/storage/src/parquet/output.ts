import { dirname } from 'node:path'
import { Checksum } from '../checksum.ts'
import { append, type OpenFile } from '../files.ts'
import { checkFreeSpace, SPACE_CHECK_BYTES } from '../freeSpace.ts'

const batch = new Uint8Array(64 * 1024)

/**
 * Appends to a file, and collects small parts first. A thread writes one file at a time. `offset` is the size
 * of the file with everything that was written.
 */
export class FileOutput {
  offset = 0
  /** The checksum of everything that was written, once it is flushed. */
  readonly checksum = new Checksum()
  readonly #file: OpenFile
  #gathered = 0
  #unchecked = SPACE_CHECK_BYTES

  constructor(file: OpenFile) {
    this.#file = file
  }

  write(bytes: Uint8Array): void {
    this.offset += bytes.length
    if (this.#gathered + bytes.length > batch.length) this.flush()
    if (bytes.length > batch.length) {
      this.#append(bytes)
    } else {
      batch.set(bytes, this.#gathered)
      this.#gathered += bytes.length
    }
  }

  flush(): void {
    if (this.#gathered > 0) this.#append(batch.subarray(0, this.#gathered))
    this.#gathered = 0
  }

  #append(bytes: Uint8Array): void {
    this.#unchecked += bytes.length
    if (this.#unchecked >= SPACE_CHECK_BYTES) {
      this.#unchecked = 0
      checkFreeSpace(dirname(this.#file.path))
    }
    append(this.#file, bytes)
    this.checksum.update(bytes)
  }
}
