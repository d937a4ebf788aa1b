import { randomUUID } from 'node:crypto'
import type { ClientHttp2Session } from 'node:http2'
import type { UploadResp } from '@table/proto'
import { openConnection } from './connection.ts'
import { TransientError, UnreachableError } from './errors.ts'
import { withRetries } from './retry.ts'
import { streamedUpload, type UploadSource } from './streamedUpload.ts'
import type { Target } from './target.ts'

export interface UploadOptions {
  /** A UUID; one of its own if it is left out. */
  uploadId?: string | undefined
  /** What people call the file. */
  name?: string | undefined
  /** Is told how many bytes of `size` the connection has taken. */
  onSent?: (bytes: number, size: number) => void
}

/** Calls `use` with the upload's bytes, starting from the first byte each time. */
export type OpenSource = <T>(use: (source: UploadSource) => Promise<T>) => Promise<T>

/**
 * Uploads over one connection, and reconnects when the connection is lost. An upload keeps its id when it is
 * tried again, so the server stores it once.
 */
export class Uploader {
  readonly #target: Target
  readonly #note: (line: string) => void
  readonly #limit: number | undefined
  #session: ClientHttp2Session | undefined
  #connecting: Promise<ClientHttp2Session> | undefined
  /** The address has worked once, so a failure now is temporary. */
  #reached = false
  #noted = false
  /** In ms. */
  #pastOutages = 0
  #outSince: number | undefined

  /** `note` gets a line when uploads are tried again. `limit`: for how many ms. */
  constructor(target: Target, note: (line: string) => void, limit?: number) {
    this.#target = target
    this.#note = note
    this.#limit = limit
  }

  /**
   * Returns the open connection, or opens one. Throws UnreachableError if there has never been a connection,
   * otherwise TransientError.
   */
  connect(): Promise<ClientHttp2Session> {
    if (this.#session && !this.#session.closed && !this.#session.destroyed)
      return Promise.resolve(this.#session)
    this.#connecting ??= this.#open().finally(() => {
      this.#connecting = undefined
    })
    return this.#connecting
  }

  /**
   * Uploads until the server answers, and returns the answer. Throws the errors of `connect` and
   * `streamedUpload` if they persist.
   */
  async upload(
    open: OpenSource,
    { uploadId = randomUUID(), name, onSent = () => {} }: UploadOptions = {},
  ): Promise<UploadResp> {
    const label = { uploadId, name }
    const attempt = () =>
      open(async source => {
        const { size } = source
        onSent(0, size)
        const session = await this.connect()
        return streamedUpload(session, this.#target, source, label, bytes => {
          this.#endOutage()
          onSent(bytes, size)
        })
      })
    try {
      const answer = await withRetries(attempt, until => this.#noteRetry(until), this.#limit)
      this.#endOutage()
      this.#noted = false
      return answer
    } catch (error) {
      // Do not let the next upload wait as long for a server that is gone.
      if (error instanceof TransientError) this.#reached = false
      throw error
    }
  }

  /** Whether the uploads wait for the server now. */
  get isOut(): boolean {
    return this.#outSince !== undefined
  }

  /** For how many seconds in total the uploads have waited for a server that did not answer. */
  get outage(): number {
    const current = this.#outSince === undefined ? 0 : performance.now() - this.#outSince
    return (this.#pastOutages + current) / 1000
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

  /** Prints one note for all uploads that wait for the server. */
  #noteRetry(until: Date): void {
    this.#outSince ??= performance.now()
    if (this.#noted) return
    this.#noted = true
    this.#note(`${this.#target.name} does not answer now: trying again until ${timeOfDay(until)}`)
  }

  #endOutage(): void {
    if (this.#outSince === undefined) return
    this.#pastOutages += performance.now() - this.#outSince
    this.#outSince = undefined
  }
}

/** The local time as `15:04:05`. */
function timeOfDay(time: Date): string {
  return time.toTimeString().slice(0, 8)
}
