import type { FileHandle } from 'node:fs/promises'
import { StorageError } from '../errors.ts'
import { appendAsync, createFileAsync, removeFileAsync } from '../files.ts'
import { incomingFile } from './names.ts'

const batchBytes = 256 * 1024

/** The file that an upload is received into, written in batches. One call at a time, but for `discard`. */
export interface Spool {
  /** What was taken so far. */
  readonly bytes: number
  /** Takes all of `bytes`; keeps no reference to them once it resolves. */
  write(bytes: Uint8Array): Promise<void>
  /** Resolves when all bytes are in the file (`commitUpload` brings them to the disk). */
  close(): Promise<void>
  /** Closes and removes the file. At any time, also twice, also while a call is under way, which then rejects. */
  discard(): Promise<void>
}

/** Creates `<data-dir>/incoming/<id>.csv`. */
export async function createSpool(dataDir: string, id: number): Promise<Spool> {
  const path = incomingFile(dataDir, id, 'csv')
  return new FileSpool(path, await createFileAsync(path))
}

class FileSpool implements Spool {
  bytes = 0
  readonly #path: string
  readonly #file: FileHandle
  readonly #batch = Buffer.allocUnsafeSlow(batchBytes)
  #filled = 0
  #discarded = false

  constructor(path: string, file: FileHandle) {
    this.#path = path
    this.#file = file
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.bytes += bytes.length
    let rest = bytes
    while (rest.length > 0) {
      // A whole batch of the caller's is written from where it is.
      if (this.#filled === 0 && rest.length >= batchBytes) return this.#append(rest)
      const part = rest.subarray(0, batchBytes - this.#filled)
      this.#batch.set(part, this.#filled)
      this.#filled += part.length
      rest = rest.subarray(part.length)
      if (this.#filled === batchBytes) await this.#flush()
    }
  }

  async close(): Promise<void> {
    await this.#flush()
    await this.#file.close()
    this.#refuseDiscarded()
  }

  async discard(): Promise<void> {
    this.#discarded = true
    try {
      await this.#file.close()
    } finally {
      await removeFileAsync(this.#path)
    }
  }

  async #flush(): Promise<void> {
    if (this.#filled > 0) await this.#append(this.#batch.subarray(0, this.#filled))
    this.#filled = 0
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#refuseDiscarded()
    await appendAsync(this.#file, this.#path, bytes)
  }

  #refuseDiscarded(): void {
    if (this.#discarded) throw new StorageError('cancelled', `${this.#path} was discarded`)
  }
}
