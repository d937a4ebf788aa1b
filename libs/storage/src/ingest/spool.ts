import type { FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { appendAsync, createFileAsync, removeFileAsync, syncAsync } from '../asyncFiles.ts'
import { StorageError } from '../errors.ts'
import { checkFreeSpaceAsync, SPACE_CHECK_BYTES } from '../freeSpace.ts'
import { incomingFile } from '../paths.ts'
import { Arrival } from './arrival.ts'

const batchBytes = 256 * 1024
/** This many bytes are synced at a time while more arrive, so that less is left for the end. */
const SYNC_BYTES = 1024 * 1024
/** Enough for most small uploads. */
const firstBytes = 8 * 1024
/** Batches of finished uploads, kept for later ones: new batches would have to be cleared and collected. */
const spareBatches: Buffer<ArrayBuffer>[] = []
const MAX_SPARE = 8

/** Receives an upload into a file, written in batches. Only one call at a time, except `discard`. */
export interface Spool {
  /** The bytes taken so far. */
  readonly bytes: number
  /** After `close`: the upload, if it is so small that there is no file. */
  readonly held: Uint8Array | undefined
  /** Takes all of `bytes`. Keeps no reference to them once this resolves. */
  write(bytes: Uint8Array): Promise<void>
  /** Resolves once all bytes are held in memory or on the disk. */
  close(): Promise<void>
  /**
   * Closes and removes the file. May be called at any time, also twice, also while another call is under way,
   * which then rejects.
   */
  discard(): Promise<void>
}

/** Creates a spool for the file `<data-dir>/incoming/<id>.csv`. `arrival` is told what is in the file. */
export function createSpool(dataDir: string, id: number, arrival = new Arrival()): Spool {
  return new FileSpool(incomingFile(dataDir, id, 'csv'), arrival)
}

/**
 * Writes the parts of an upload to a spool and returns the spool closed. A symbol among the parts discards everything before it. On any error
 * the spool is discarded. Reading waits for writing, so only one chunk and the spool's batch are in memory.
 */
export async function spoolParts(
  parts: AsyncIterable<Uint8Array | symbol>,
  createSpool: () => Spool,
): Promise<Spool> {
  let spool = createSpool()
  try {
    for await (const part of parts) {
      if (typeof part !== 'symbol') await spool.write(part)
      else if (spool.bytes > 0) {
        await spool.discard()
        spool = createSpool()
      }
    }
    await spool.close()
    return spool
  } catch (error) {
    await spool.discard()
    throw error
  }
}

class FileSpool implements Spool {
  bytes = 0
  held: Uint8Array | undefined
  readonly #path: string
  readonly #arrival: Arrival
  #batch = Buffer.allocUnsafeSlow(firstBytes)
  #file: Promise<FileHandle> | undefined
  #filled = 0
  #unchecked = SPACE_CHECK_BYTES
  #unsynced = 0
  #syncing: Promise<void> | undefined
  #discarded = false

  constructor(path: string, arrival: Arrival) {
    this.#path = path
    this.#arrival = arrival
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.bytes += bytes.length
    let rest = bytes
    while (rest.length > 0) {
      // Write a whole batch of the caller's bytes without copying them.
      if (this.#filled === 0 && rest.length >= batchBytes) return this.#append(rest)
      const part = rest.subarray(0, batchBytes - this.#filled)
      if (this.#filled + part.length > this.#batch.length) this.#grow()
      this.#batch.set(part, this.#filled)
      this.#filled += part.length
      rest = rest.subarray(part.length)
      if (this.#filled === batchBytes) await this.#flush()
    }
  }

  async close(): Promise<void> {
    if (this.#file) {
      await this.#flush()
      this.#refuseDiscarded()
      this.#arrival.complete()
      const file = await this.#file
      await this.#syncing
      await syncAsync(file, this.#path)
      this.#refuseDiscarded()
      this.#arrival.onDisk()
      await file.close()
    } else {
      this.#refuseDiscarded()
      this.held = Uint8Array.from(this.#batch.subarray(0, this.#filled))
      this.#arrival.complete()
    }
    if (this.#batch.length === batchBytes && spareBatches.length < MAX_SPARE) spareBatches.push(this.#batch)
    this.#batch = Buffer.alloc(0)
  }

  async discard(): Promise<void> {
    this.#discarded = true
    this.#arrival.abandon()
    if (!this.#file) return
    try {
      await (await this.#file).close()
    } finally {
      await removeFileAsync(this.#path)
    }
  }

  #grow(): void {
    const batch = spareBatches.pop() ?? Buffer.allocUnsafeSlow(batchBytes)
    batch.set(this.#batch.subarray(0, this.#filled))
    this.#batch = batch
  }

  async #flush(): Promise<void> {
    if (this.#filled > 0) await this.#append(this.#batch.subarray(0, this.#filled))
    this.#filled = 0
  }

  async #append(bytes: Uint8Array): Promise<void> {
    this.#refuseDiscarded()
    this.#file ??= createFileAsync(this.#path)
    const file = await this.#file
    await appendAsync(file, this.#path, bytes)
    this.#arrival.add(bytes.length)
    this.#syncMeanwhile(file, bytes.length)
    await this.#checkSpace(bytes.length)
  }

  /**
   * Syncs, one sync at a time. A failed sync is the last one, because the next would succeed although data is
   * lost; `close` reports the failure.
   */
  #syncMeanwhile(file: FileHandle, bytes: number): void {
    this.#unsynced += bytes
    if (this.#unsynced < SYNC_BYTES || this.#syncing) return
    this.#unsynced = 0
    this.#syncing = syncAsync(file, this.#path).then(() => {
      this.#syncing = undefined
    })
    this.#syncing.catch(() => {})
  }

  async #checkSpace(bytes: number): Promise<void> {
    this.#unchecked += bytes
    if (this.#unchecked < SPACE_CHECK_BYTES) return
    this.#unchecked = 0
    await checkFreeSpaceAsync(dirname(this.#path))
  }

  #refuseDiscarded(): void {
    if (this.#discarded) throw new StorageError('cancelled', 'the upload was discarded')
  }
}
