import { randomUUID } from 'node:crypto'
import type { ServiceErrorCode } from '@table/table'

/** How a call ended, in words that both transports share. */
export type Outcome = 'ok' | ServiceErrorCode

/** What a phase of a call took, in ms since 1970. */
export interface Phase {
  name: string
  from: number
  to: number
}

/** The most characters of a reason, which may quote what a client sent. */
const MOST_REASON = 200
/** https://www.w3.org/TR/trace-context/#traceparent-header-field-values */
const TRACEPARENT = /^[\da-f]{2}-(?!0{32})[\da-f]{32}-(?!0{16})[\da-f]{16}-[\da-f]{2}$/
const REQUEST_ID = /^[\w.:/+=-]{1,64}$/

/** What is known of a call of either transport when it is over. */
export class CallRecord {
  /** A name from the list of methods or routes. No text of a client becomes the name of a metric. */
  method = 'unknown'
  /** Whether the call only asks how the server is. There are many such calls, and nobody wants to read of them. */
  isProbe = false
  readonly peer: string
  /** The one that the client sent, or a new one. */
  readonly requestId: string
  /** The span of the client, if it sent one. */
  readonly traceparent: string | undefined
  upload: number | undefined
  /** Of an upload. */
  rows: number | undefined
  /** Of the CSV of an upload, or of the parts of an answer. */
  bytes: number | undefined
  /** Whether the call has added an upload to the table. */
  isStored = false
  readonly phases: Phase[] = []
  readonly began = now()
  #outcome: Outcome | undefined
  #reason: string | undefined

  /** `header` returns a header of the request. */
  constructor(peer: string, header: (name: string) => string | undefined) {
    this.peer = peer
    const id = header('x-request-id')
    this.requestId = id !== undefined && REQUEST_ID.test(id) ? id : randomUUID()
    const parent = header('traceparent')
    this.traceparent = parent !== undefined && TRACEPARENT.test(parent) ? parent : undefined
  }

  /** A call without an outcome has lost its client. */
  get outcome(): Outcome {
    return this.#outcome ?? 'cancelled'
  }

  get reason(): string | undefined {
    return this.#outcome === undefined ? 'the client went away' : this.#reason
  }

  succeeded(): void {
    this.#outcome ??= 'ok'
  }

  failed(outcome: ServiceErrorCode, reason: string): void {
    if (this.#outcome !== undefined && this.#outcome !== 'ok') return
    this.#outcome = outcome
    this.#reason = reason.length > MOST_REASON ? `${reason.slice(0, MOST_REASON).toWellFormed()}…` : reason
  }

  stored({
    id,
    rows,
    csvBytes,
    isNew,
  }: {
    id: number
    rows: number
    csvBytes: number
    isNew: boolean
  }): void {
    this.upload = id
    this.rows = rows
    this.bytes = csvBytes
    this.isStored = isNew
  }

  sent(bytes: number): void {
    this.bytes = (this.bytes ?? 0) + bytes
  }
}

/** In ms since 1970, and finer than `Date.now`. */
export function now(): number {
  return performance.timeOrigin + performance.now()
}
