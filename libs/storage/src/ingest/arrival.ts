import type { Extent } from '../csv/blockReader.ts'
import { StorageError } from '../errors.ts'

// The cells of the shared memory. Every change is counted, for a reader to wait for the next one.
const CHANGES = 0
const BYTES = 1
const STATE = 2

const GROWING = 0
const COMPLETE = 1
const ON_DISK = 2
const ABANDONED = 3

/** How long a reader may wait for bytes, in ms in all: a slow upload must not hold a worker that others need. */
const LONGEST_WAIT = 200

/** How much of a file has arrived. Shared between the thread that writes the file and one that reads it meanwhile. */
export class Arrival {
  /** What crosses threads. */
  readonly shared: Int32Array
  #asked: { bytes: number; resolve: (reached: boolean) => void } | undefined
  #waitLeft = LONGEST_WAIT

  constructor(shared: Int32Array = new Int32Array(new SharedArrayBuffer(3 * Int32Array.BYTES_PER_ELEMENT))) {
    this.shared = shared
  }

  get bytes(): number {
    return Atomics.load(this.shared, BYTES) >>> 0
  }

  /**
   * Resolves with true when so many bytes are in the file, with false if there will not be so many or the file was abandoned. What
   * has happened before the call counts too. One call at a time, in the thread that writes the file.
   */
  reached(bytes: number): Promise<boolean> {
    return new Promise(resolve => {
      this.#asked = { bytes, resolve }
      this.#answer()
    })
  }

  add(bytes: number): void {
    Atomics.add(this.shared, BYTES, bytes)
    this.#tell()
  }

  /** Nothing will follow. */
  complete(): void {
    this.#become(COMPLETE)
  }

  /** All of the file is on the disk. */
  onDisk(): void {
    this.#become(ON_DISK)
  }

  /** The file is of no use any more. */
  abandon(): void {
    this.#become(ABANDONED)
  }

  /**
   * Waits until `wanted` bytes or all are in the file. Throws StorageError `cancelled` if the file was abandoned and if it
   * takes too long.
   */
  waitFor(wanted: number): Extent {
    for (;;) {
      const changes = Atomics.load(this.shared, CHANGES)
      const state = Atomics.load(this.shared, STATE)
      const { bytes } = this
      if (state === ABANDONED) throw new StorageError('cancelled', 'the upload was abandoned')
      const complete = state === COMPLETE || state === ON_DISK
      if (complete || bytes >= wanted) return { end: bytes, complete }
      const start = performance.now()
      Atomics.wait(this.shared, CHANGES, changes, this.#waitLeft)
      this.#waitLeft -= performance.now() - start
      if (this.#waitLeft <= 0)
        throw new StorageError('cancelled', 'the upload is too slow to be read while it arrives')
    }
  }

  /** Waits until all of a complete file is on the disk. Returns false if it was abandoned. */
  waitForDisk(): boolean {
    for (;;) {
      const changes = Atomics.load(this.shared, CHANGES)
      const state = Atomics.load(this.shared, STATE)
      if (state !== COMPLETE) return state === ON_DISK
      Atomics.wait(this.shared, CHANGES, changes)
    }
  }

  #become(state: number): void {
    Atomics.store(this.shared, STATE, state)
    this.#tell()
  }

  #tell(): void {
    Atomics.add(this.shared, CHANGES, 1)
    Atomics.notify(this.shared, CHANGES)
    this.#answer()
  }

  #answer(): void {
    if (!this.#asked) return
    const { bytes, resolve } = this.#asked
    const state = Atomics.load(this.shared, STATE)
    if (state !== ABANDONED && this.bytes >= bytes) resolve(true)
    else if (state !== GROWING) resolve(false)
  }
}
