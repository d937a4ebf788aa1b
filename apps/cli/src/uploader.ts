import { randomUUID } from 'node:crypto'
import type { ClientHttp2Session } from 'node:http2'
import type { UploadResp } from '@table/proto'
import { openConnection } from './connection.ts'
import { TransientError, UnreachableError } from './errors.ts'
import { withRetries } from './retry.ts'
import { streamedUpload, type UploadSource } from './streamedUpload.ts'
import type { Target } from './target.ts'

/** Calls `use` with the upload's bytes, from the first on. */
export type OpenSource = <T>(use: (source: UploadSource) => Promise<T>) => Promise<T>

/**
 * Uploads over one connection, made anew when it is lost. An upload has an id, the same each time that it is tried again, by
 * which the server stores it once.
 */
export class Uploader {
  readonly #target: Target
  readonly #note: (line: string) => void
  readonly #limit: number | undefined
  #session: ClientHttp2Session | undefined
  #connecting: Promise<ClientHttp2Session> | undefined
  /** The address is right: if it does not answer, it may do so later. */
  #reached = false
  #noted = false

  /** `note` gets a line when uploads are tried again. `limit`: for how many ms. */
  constructor(target: Target, note: (line: string) => void, limit?: number) {
    this.#target = target
    this.#note = note
    this.#limit = limit
  }

  /** Throws UnreachableError if there has never been a connection, TransientError if there is none now. */
  connect(): Promise<ClientHttp2Session> {
    if (this.#session && !this.#session.closed && !this.#session.destroyed)
      return Promise.resolve(this.#session)
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  /** Resolves to the server's answer. Throws what `connect` and `streamedUpload` throw, if it goes on for too long. */
  async upload(
    open: OpenSource,
    onSent: (bytes: number, size: number) => void = () => {},
  ): Promise<UploadResp> {
    const uploadId = randomUUID()
    const attempt = () =>
      open(async source => {
        const { size } = source
        onSent(0, size)
        const session = await this.connect()
        return streamedUpload(session, this.#target, source, uploadId, bytes => onSent(bytes, size))
      })
    try {
      const answer = await withRetries(attempt, () => this.#noteRetry(), this.#limit)
      this.#noted = false
      return answer
    } catch (error) {
      // The next upload need not wait as long for a server that is gone.
      if (error instanceof TransientError) this.#reached = false
      throw error
    }
  }

  close(): void {
    this.#session?.destroy()
  }

  async #open(): Promise<ClientHttp2Session> {
    try {
      this.#session = await openConnection(this.#target)
      this.#reached = true
      return this.#session
    } catch (error) {
      if (!(error instanceof UnreachableError && this.#reached)) throw error
      throw new TransientError(error.message, { cause: error })
    }
  }

  /** Once for all uploads that wait for the same server. */
  #noteRetry(): void {
    if (this.#noted) return
    this.#noted = true
    this.#note(`${this.#target.name} does not answer now: trying again`)
  }
}
