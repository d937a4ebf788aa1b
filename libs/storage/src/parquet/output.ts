import { dirname } from 'node:path'
import { append, type OpenFile } from '../files.ts'
import { checkFreeSpace, SPACE_CHECK_BYTES } from '../freeSpace.ts'

const BATCH_BYTES = 64 * 1024

/** Appends to a file, small pieces together. `offset` is the file's size with all that was written. */
export class FileOutput {
  offset = 0
  readonly #file: OpenFile
  readonly #batch = new Uint8Array(BATCH_BYTES)
  #gathered = 0
  #unchecked = SPACE_CHECK_BYTES

  constructor(file: OpenFile) {
    this.#file = file
  }

  write(bytes: Uint8Array): void {
    this.offset += bytes.length
    if (this.#gathered + bytes.length > BATCH_BYTES) this.flush()
    if (bytes.length > BATCH_BYTES) {
      this.#append(bytes)
    } else {
      this.#batch.set(bytes, this.#gathered)
      this.#gathered += bytes.length
    }
  }

  flush(): void {
    if (this.#gathered > 0) this.#append(this.#batch.subarray(0, this.#gathered))
    this.#gathered = 0
  }

  #append(bytes: Uint8Array): void {
    this.#unchecked += bytes.length
    if (this.#unchecked >= SPACE_CHECK_BYTES) {
      this.#unchecked = 0
      checkFreeSpace(dirname(this.#file.path))
    }
    append(this.#file, bytes)
  }
}
