import { collectIfGrown } from '../config/tuning.ts'
import type { CallRecord } from '../observe/callRecord.ts'
import type { Reading } from '../observe/metrics.ts'
import type { Observer } from '../observe/observer.ts'
import { notingPhases } from '../observe/phases.ts'

/** Calls at once on all connections. A waiting call takes up to 20 KB with its headers. */
const MOST_CALLS = 2048
/** How long a client is waited for when there are too many calls, in ms. */
const BUSY_LIMIT = 1000
/**
 * How long to wait after a search for slow clients has found none, in ms. A search takes as long as refusing
 * many calls.
 */
const LOOK_INTERVAL = 100

/** A call of any transport. */
export interface OpenCall {
  /** What is reported of the call when it is over. */
  readonly record: CallRecord
  /** The connection that the call came on. */
  readonly connection: object
  /** Since when the call waits for its client, either to send the rest of the request or to take the answer. */
  readonly waitsSince: number | undefined
  /** Answers that the server is shutting down. */
  abort(): void
  /** Closes the connection. */
  hangUp(): void
}

/** The calls of all transports that are open, and their work, which may outlast them. */
export class OpenCalls {
  readonly #calls = new Map<object, Set<OpenCall>>()
  readonly #work = new Set<Promise<void>>()
  readonly #observer: Observer
  #count = 0
  #refused = 0
  #nextLook = 0

  constructor(observer: Observer) {
    this.#observer = observer
  }

  get readings(): Reading[] {
    return [
      { kind: 'gauge', name: 'table_calls_open', help: 'Calls under way.', read: () => this.#count },
      {
        kind: 'counter',
        name: 'table_calls_refused_total',
        help: 'Calls that are refused before they begin, because too many are open.',
        read: () => this.#refused,
      },
    ]
  }

  /** Returns whether the connection has open calls. */
  has(connection: object): boolean {
    return this.#calls.has(connection)
  }

  /**
   * Returns whether one more call may be open. If there are too many, ends the connection that has the most
   * calls waiting for their client for longer than `BUSY_LIMIT`.
   */
  hasRoom(): boolean {
    if (this.#count < MOST_CALLS || this.#endWaiting()) return true
    this.#refused++
    return false
  }

  /** Adds a call and does its work. Call `remove` when the call is over. */
  add(call: OpenCall, answer: () => Promise<void>): void {
    const calls = this.#calls.get(call.connection)
    if (calls) calls.add(call)
    else this.#calls.set(call.connection, new Set([call]))
    this.#count++
    const work = this.#observer.tracing ? notingPhases(call.record.phases, answer) : answer()
    this.#work.add(work)
    void work.finally(() => {
      this.#work.delete(work)
      collectIfGrown()
    })
  }

  remove(call: OpenCall): void {
    const calls = this.#calls.get(call.connection)
    if (!calls?.delete(call)) return
    this.#count--
    this.#observer.ended(call.record)
    if (calls.size === 0) this.#calls.delete(call.connection)
  }

  /** Reports a request that was refused without becoming a call. */
  refused(record: CallRecord): void {
    this.#observer.ended(record)
  }

  /** Returns the methods of the calls that a stop waits for. */
  get methods(): string[] {
    return [...this.#calls.values()].flatMap(calls => [...calls].map(({ record }) => record.method))
  }

  /** Resolves when no work is left. */
  async finished(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work)
  }

  abort(): void {
    for (const calls of this.#calls.values()) for (const call of calls) call.abort()
  }

  /** Ends the connection with the most calls that have waited long for their client. Returns whether there was one. */
  #endWaiting(): boolean {
    const now = performance.now()
    if (now < this.#nextLook) return false
    const before = now - BUSY_LIMIT
    let most = 0
    let worst: OpenCall | undefined
    for (const calls of this.#calls.values()) {
      if (calls.size <= most) continue
      const waiting = [...calls].filter(call => (call.waitsSince ?? now) < before)
      if (waiting.length > most) {
        most = waiting.length
        worst = waiting[0]
      }
    }
    if (worst) worst.hangUp()
    else this.#nextLook = now + LOOK_INTERVAL
    return worst !== undefined
  }
}
