import type { Readers } from './readers.ts'

/** Removes the files of deleted uploads once nobody reads them any more. */
export class Removals {
  readonly #readers: Readers
  readonly #removeFiles: (ids: readonly number[]) => Promise<void>
  #waiting: number[] = []
  #running: Promise<void> | undefined

  /** `removeFiles` never rejects. */
  constructor(readers: Readers, removeFiles: (ids: readonly number[]) => Promise<void>) {
    this.#readers = readers
    this.#removeFiles = removeFiles
  }

  /** Takes an upload that no snapshot from now on has. */
  add(id: number): void {
    this.#waiting.push(id)
    this.#running ??= this.#run()
  }

  /** Resolves when no files are left to remove. */
  async finished(): Promise<void> {
    await this.#running
  }

  /** Removes one batch after the other: with many deletions and one slow reader, only numbers pile up. */
  async #run(): Promise<void> {
    while (this.#waiting.length > 0) {
      const ids = this.#waiting.splice(0, BATCH)
      await this.#readers.gone()
      await this.#removeFiles(ids)
    }
    this.#running = undefined
  }
}

/** How many uploads a worker removes at a time. */
const BATCH = 256
