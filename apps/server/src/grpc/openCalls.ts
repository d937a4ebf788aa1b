import type { ServerHttp2Session } from 'node:http2'
import { status } from '@grpc/grpc-js'
import { collectIfGrown } from '../config/tuning.ts'
import { type Call, type Failure, hangUp } from './call.ts'

/** Calls at once on all connections. One that only waits takes up to 20 KB with its headers. */
const MOST_CALLS = 2048
/** When there are too many calls, a client is waited for so long, in ms. */
const BUSY_LIMIT = 1000
/** When nobody has been waited for so long, it is looked for again after so many ms: it takes as long as refusing many calls. */
const LOOK_INTERVAL = 100

const SHUTTING_DOWN: Failure = {
  code: status.UNAVAILABLE,
  details: 'the server is shutting down: try again later',
}

/** The calls whose streams are open, and the work for them, which may outlast their streams. */
export class OpenCalls {
  /** No call begins any more. */
  draining = false
  readonly #calls = new Map<ServerHttp2Session, Set<Call>>()
  readonly #work = new Set<Promise<void>>()
  #count = 0
  #nextLook = 0

  /** Whether the connection has calls. */
  has(session: ServerHttp2Session): boolean {
    return this.#calls.has(session)
  }

  /** Whether one more call may be open. If not, the connection that keeps most calls waiting is ended, once they have waited long. */
  hasRoom(): boolean {
    return this.#count < MOST_CALLS || this.#endWaiting()
  }

  /** Runs `answer` for the call. To be told of the stream's end by `remove`. */
  add(call: Call, answer: (call: Call) => Promise<void>): void {
    const calls = this.#calls.get(call.session)
    if (calls) calls.add(call)
    else this.#calls.set(call.session, new Set([call]))
    this.#count++
    if (this.draining) {
      call.fail(SHUTTING_DOWN)
      return
    }
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

  /** Ends the connection with the most calls that have waited long for their client. Returns whether there is one. */
  #endWaiting(): boolean {
    const now = performance.now()
    if (now < this.#nextLook) return false
    const before = now - BUSY_LIMIT
    let most = 0
    let worst: ServerHttp2Session | undefined
    for (const [session, calls] of this.#calls) {
      if (calls.size <= most) continue
      let waiting = 0
      for (const call of calls) if (call.since < before && call.waitsForClient) waiting++
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
