import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { ServiceError, shuttingDown } from '@table/table'
import type { OpenCall } from '../admission/openCalls.ts'
import { chunksOf } from '../admission/requestStream.ts'
import { refuseTinyPieces } from '../admission/tinyPieces.ts'
import { holdAnswer, releaseAnswer } from '../admission/untaken.ts'
import { CallRecord } from '../observe/callRecord.ts'
import { SECURITY_HEADERS } from './headers.ts'
import { endWhileReading } from './linger.ts'
import { type Headers, problemOf } from './problem.ts'

/** Times in seconds. */
export interface ExchangeTimes {
  /** How long the server waits for the client. */
  idleTime: number
  /** How long an exchange may take, from its request's headers to its answer. */
  callTime: number
}

/** A request over HTTP/1.1 and its answer. */
export class Exchange implements OpenCall {
  readonly request: IncomingMessage
  readonly connection: Socket
  /** The client's address, a colon and the client's port. */
  readonly peer: string
  readonly record: CallRecord
  readonly path: string
  readonly query: URLSearchParams
  /** What stands in the path in place of the route's `{names}`. */
  params: Record<string, string> = {}
  /** Which of the route's media types the client wants. */
  type = ''
  /** Sent with whatever the answer is. */
  readonly headers: Headers = { ...SECURITY_HEADERS }
  answered = false
  /** Resolves when the client has the answer or is gone. */
  readonly over: Promise<void>
  /**
   * Call this when the connection is closed: the response to a pipelined request has no connection yet, so
   * that its own `close` would not come.
   */
  readonly gone: () => void
  readonly #response: ServerResponse
  readonly #idleTime: number
  readonly #expectsContinue: boolean
  readonly #since = performance.now()
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout
  /** Since when the client has to take a part of the answer. */
  #sendingSince: number | undefined
  #stopSending: (() => void) | undefined
  #hasEnded = false
  #held = 0

  constructor(
    request: IncomingMessage,
    response: ServerResponse,
    { idleTime, callTime }: ExchangeTimes,
    expectsContinue: boolean,
  ) {
    this.request = request
    this.connection = request.socket
    this.peer = `${request.socket.remoteAddress}:${request.socket.remotePort}`
    this.record = new CallRecord(this.peer, name => request.headersDistinct[name]?.[0])
    this.headers['x-request-id'] = this.record.requestId
    const [path = '', ...query] = (request.url ?? '').split('?')
    this.path = path
    this.query = new URLSearchParams(query.join('?'))
    this.#response = response
    this.#idleTime = idleTime
    this.#expectsContinue = expectsContinue
    refuseTinyPieces(request, error => {
      this.fail(error)
      // Reading further pieces costs too much, so do not wait for their end.
      this.connection.destroySoon()
    })
    const late = `the request was not done after ${callTime} s, at most ${callTime} s are allowed`
    this.#timer = setTimeout(() => this.fail(new ServiceError('unavailable', late)), 1000 * callTime)
    request.on('error', () => {}) // the reader of the body notices
    response.on('error', () => {})
    const { promise, resolve } = Promise.withResolvers<void>()
    this.gone = resolve
    response.once('close', resolve)
    this.over = promise.then(() => {
      clearTimeout(this.#timer)
      releaseAnswer(this.#held)
      this.#stopSending?.()
      if (!this.answered) this.#cancel()
    })
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get waitsSince(): number | undefined {
    if (this.#hasEnded || !this.request.complete) return this.#since
    return this.#sendingSince
  }

  /** Whether there is nobody to answer, or there is an answer. */
  get isDone(): boolean {
    return this.answered || this.connection.destroyed
  }

  abort(): void {
    this.fail(shuttingDown())
  }

  hangUp(): void {
    this.record.failed('too-slow', 'the client kept the server waiting')
    this.connection.destroy()
  }

  /** Yields the body of the request. Throws `cancelled` if the client goes away before its end, or when nobody waits for the answer any more. */
  body(): AsyncGenerator<Uint8Array> {
    if (this.#expectsContinue) this.#response.writeContinue()
    return chunksOf(this.request, this.signal)
  }

  /** Answers with JSON. `changes`: whether the request has changed the table, so that its answer must not be refused. */
  json(status: number, value: unknown, headers: Headers = {}, changes = false): void {
    const type = { 'content-type': 'application/json' }
    this.answer(status, { ...type, 'cache-control': 'no-store', ...headers }, JSON.stringify(value), changes)
  }

  /** Answers with a whole body. Does nothing if there is an answer already or nobody waits for one. */
  answer(status: number, headers: Headers, content: string | Buffer = '', changes = false): void {
    if (this.isDone) return
    const body = typeof content === 'string' ? Buffer.from(content) : content
    try {
      holdAnswer(body.length, changes)
    } catch (error) {
      this.fail(error)
      return
    }
    this.#held += body.length
    // The length of a 304 would be the file's: https://www.rfc-editor.org/rfc/rfc9110#section-8.6-8
    const length = status === 204 || status === 304 ? {} : { 'content-length': body.length }
    if (this.begin(status, { ...headers, ...length })) this.#end(body)
  }

  /**
   * Sends a part of the body. Resolves when the client has taken the part or there is room for it on the way.
   * Hangs up on a client that takes nothing for the idle time. Throws `cancelled` if nobody waits any more.
   */
  async send(part: Uint8Array): Promise<void> {
    if (this.connection.destroyed) throw nobodyWaits()
    const late = setTimeout(() => this.hangUp(), 1000 * this.#idleTime)
    this.#sendingSince = performance.now()
    try {
      await new Promise<void>((resolve, reject) => {
        this.#stopSending = () => reject(nobodyWaits())
        this.#response.write(part, error => (error ? reject(nobodyWaits()) : resolve()))
      })
      this.record.sent(part.length)
    } finally {
      clearTimeout(late)
      this.#stopSending = undefined
      this.#sendingSince = undefined
    }
  }

  finish(): void {
    this.#end()
  }

  /** Answers with a problem. An answer that has begun is cut off, so that the client cannot take it for whole. */
  fail(error: unknown): void {
    if (this.#hasEnded || this.connection.destroyed) return
    const { problem, headers } = problemOf(error)
    this.record.failed(problem.code, problem.detail)
    if (this.answered) {
      this.connection.destroy()
      return
    }
    this.#cancel()
    const type = { 'content-type': 'application/problem+json', 'cache-control': 'no-store' }
    const body = Buffer.from(JSON.stringify(problem))
    if (this.begin(problem.status, { ...type, ...headers, 'content-length': body.length })) this.#end(body)
  }

  /** Begins an answer whose body `send` sends in parts before `finish`. Returns false if nobody waits for it. */
  begin(status: number, headers: Headers): boolean {
    if (this.isDone) return false
    this.answered = true
    if (!this.request.complete) this.headers.connection = 'close'
    this.#response.writeHead(status, { ...this.headers, ...headers })
    return true
  }

  /** Ends the answer, and the connection of a client that does not take it in time. */
  #end(last?: Uint8Array): void {
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.hangUp(), 1000 * this.#idleTime)
    this.#hasEnded = true
    this.record.succeeded()
    if (this.request.complete) this.#response.end(last)
    else endWhileReading(this.request, this.#response, last)
  }

  #cancel(): void {
    this.#controller.abort(nobodyWaits())
  }
}

function nobodyWaits(): ServiceError {
  return new ServiceError('cancelled', 'nobody waits for this answer')
}
