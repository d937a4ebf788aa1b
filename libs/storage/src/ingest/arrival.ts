import type { Extent } from '../csv/blockReader.ts'
import { StorageError } from '../errors.ts'

// The cells of the shared memory. Every change is counted, so that a reader can wait for the next one.
const CHANGES = 0
const BYTES = 1
const STATE = 2

const GROWING = 0
const COMPLETE = 1
const ON_DISK = 2
const ABANDONED = 3

/** How long a reader may wait for bytes in total, in ms: a slow upload must not hold a worker that others need. */
const LONGEST_WAIT = 200

/**
 * How much of a file has arrived. Shared between the thread that writes the file and a thread that reads it
 * meanwhile.
 */
export class Arrival {
  /** The memory to send to another thread. */
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
   * Resolves to true once the file has this many bytes, or to false if it never will or is abandoned. Earlier
   * events count too. Only one call at a time, in the thread that writes the file.
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

  /** The whole file is on the disk. */
  onDisk(): void {
    this.#become(ON_DISK)
  }

  /** The file is not needed any more. */
  abandon(): void {
    this.#become(ABANDONED)
  }

  /**
   * Waits until the file has `wanted` bytes or is complete. Throws StorageError `cancelled` if the file is
   * abandoned or the wait takes too long.
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

  /** Waits until a complete file is on the disk. Returns false if the file is abandoned. */
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
