import type { ServerHttp2Session } from 'node:http2'
import { status } from '@grpc/grpc-js'
import { collectIfGrown } from '../config/tuning.ts'
import { type Call, type Failure, hangUp } from './call.ts'

/** Calls at once on all connections. A waiting call takes up to 20 KB with its headers. */
const MOST_CALLS = 2048
/** How long a client is waited for when there are too many calls, in ms. */
const BUSY_LIMIT = 1000
/**
 * How long to wait after a search for slow clients has found none, in ms. A search takes as long as refusing
 * many calls.
 */
const LOOK_INTERVAL = 100

export const SHUTTING_DOWN: Failure = {
  code: status.UNAVAILABLE,
  details: 'the server is shutting down: try again later',
}

/** The calls whose streams are open, and their work, which may outlast the streams. */
export class OpenCalls {
  readonly #calls = new Map<ServerHttp2Session, Set<Call>>()
  readonly #work = new Set<Promise<void>>()
  #count = 0
  #nextLook = 0

  /** Returns whether the connection has open calls. */
  has(session: ServerHttp2Session): boolean {
    return this.#calls.has(session)
  }

  /**
   * Returns whether one more call may be open. If there are too many, ends the connection that has the most
   * calls waiting for their client for longer than `BUSY_LIMIT`.
   */
  hasRoom(): boolean {
    return this.#count < MOST_CALLS || this.#endWaiting()
  }

  /** Adds a call and runs `answer` for it. Call `remove` when the stream ends. */
  add(call: Call, answer: (call: Call) => Promise<void>): void {
    const calls = this.#calls.get(call.session)
    if (calls) calls.add(call)
    else this.#calls.set(call.session, new Set([call]))
    this.#count++
    const work = answer(call)
    this.#work.add(work)
    void work.finally(() => {
      this.#work.delete(work)
      collectIfGrown()
    })
  }

  remove(call: Call): void {
    const calls = this.#calls.get(call.session)
    if (!calls?.delete(call)) return
    this.#count--
    if (calls.size === 0) this.#calls.delete(call.session)
  }

  /** Resolves when no work is left. */
  async finished(): Promise<void> {
    while (this.#work.size > 0) await Promise.all(this.#work)
  }

  abort(): void {
    for (const calls of this.#calls.values()) for (const call of calls) call.fail(SHUTTING_DOWN)
  }

  /** Ends the connection with the most calls that have waited long for their client. Returns whether there was one. */
  #endWaiting(): boolean {
    const now = performance.now()
    if (now < this.#nextLook) return false
    const before = now - BUSY_LIMIT
    let most = 0
    let worst: ServerHttp2Session | undefined
    for (const [session, calls] of this.#calls) {
      if (calls.size <= most) continue
      let waiting = 0
      for (const call of calls) if ((call.waitsSince ?? now) < before) waiting++
      if (waiting > most) {
        most = waiting
        worst = session
      }
    }
    if (worst) hangUp(worst)
    else this.#nextLook = now + LOOK_INTERVAL
    return worst !== undefined
  }
}
