import {
  constants,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { type Metadata, status } from '@grpc/grpc-js'
import { ServiceError, type ServiceErrorCode, shuttingDown } from '@table/table'
import type { OpenCall } from '../admission/openCalls.ts'
import { chunksOf } from '../admission/requestStream.ts'
import { refuseTinyPieces } from '../admission/tinyPieces.ts'
import { holdAnswer, releaseAnswer } from '../admission/untaken.ts'
import { CallRecord } from '../observe/callRecord.ts'
import type { RequestHeaders } from './requestHeaders.ts'
import { outcomeOf, statusOf } from './status.ts'

/** The message of a request before it is decoded. A method reads the message while it arrives. */
export interface RequestBody {
  /** The bytes after the HTTP/2 headers. Throws `cancelled` or ends early if the call ends before the request does. */
  chunks: AsyncIterable<Uint8Array>
  /** The `grpc-encoding` header, or `identity` without such a header. */
  encoding: string
}

/** The status that ends a call without a message. */
export interface Failure {
  code: status
  /** What the status alone does not tell. */
  outcome?: ServiceErrorCode
  details: string
  metadata?: Metadata | undefined
}

/** Times in seconds. */
export interface CallTimes {
  /** How long the server waits for the client. */
  idleTime: number
  /** How long a call may take, from its headers to its answer. */
  callTime: number
}

const RESPONSE = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': 'identity,deflate,gzip',
}
const GRPC_TIMEOUT = /^(\d{1,8})([HMSmun])$/
const MS: Record<string, number> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 }

/**
 * A gRPC call on its HTTP/2 stream: the request and its answer
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). The stream is always closed at the end: a
 * client that is still sending is told to stop, and a client that does not take its answer loses the
 * connection.
 */
export class Call implements OpenCall {
  readonly headers: RequestHeaders
  readonly body: RequestBody
  readonly session: ServerHttp2Session
  /** The client's address, a colon and the client's port. */
  readonly peer: string
  readonly record: CallRecord
  answered = false
  /** Whether the call waits for something that may never come, as a watcher does. Such a call makes room for others. */
  lingers = false
  readonly #since = performance.now()
  readonly #stream: ServerHttp2Stream
  readonly #idleTime: number
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | undefined
  /** Whether the first of several messages was sent. */
  #begun = false
  /** Since when the client has to take a message. */
  #sendingSince: number | undefined

  constructor(
    stream: ServerHttp2Stream,
    session: ServerHttp2Session,
    peer: string,
    headers: RequestHeaders,
    { idleTime, callTime }: CallTimes,
  ) {
    this.#stream = stream
    this.#idleTime = idleTime
    this.session = session
    this.peer = peer
    this.headers = headers
    this.record = new CallRecord(peer, name => headers.first(name))
    this.body = {
      chunks: chunksOf(stream, this.signal),
      encoding: headers.first('grpc-encoding') ?? 'identity',
    }
    refuseTinyPieces(stream, error => this.fail(statusOf(error)))
    this.#setDeadline(callTime)
    stream.once('close', () => {
      clearTimeout(this.#timer)
      if (!this.answered) this.#cancel()
    })
  }

  /** Aborted when nobody waits for the answer any more. */
  get signal(): AbortSignal {
    return this.#controller.signal
  }

  get connection(): ServerHttp2Session {
    return this.session
  }

  abort(): void {
    this.fail(statusOf(shuttingDown()))
  }

  hangUp(): void {
    this.record.failed('too-slow', 'the client kept too many calls waiting')
    hangUp(this.session)
  }

  /** Since when the call waits for its client, either to send the rest of the request or to take the answer. */
  get waitsSince(): number | undefined {
    if (this.answered || this.lingers || !this.#stream.readableEnded) return this.#since
    return this.#sendingSince
  }

  /**
   * Answers with a message. Does nothing if the call already has an answer or is over. `changes`: whether the call has changed the table,
   * so that its answer must not be refused although too many answers wait for their clients.
   */
  succeed(message: Uint8Array, changes: boolean): void {
    if (this.#begun || this.#isOver) return
    try {
      holdAnswer(message.length, changes)
    } catch (error) {
      this.fail(statusOf(error))
      return
    }
    this.#stream.once('close', () => releaseAnswer(message.length))
    if (!this.#mayAnswer()) return
    this.record.succeeded()
    this.#stream.respond(RESPONSE, { waitForTrailers: true })
    this.#end({ 'grpc-status': status.OK }, Buffer.concat([prefixOf(message.length), message]))
  }

  /**
   * Sends one of several messages, of which `pieces` are the bytes. Resolves when the client has taken the message or there is room for it on the way. Hangs up on a client
   * that takes nothing for the idle time. Throws `cancelled` if the call is over.
   */
  async send(pieces: readonly Uint8Array[]): Promise<void> {
    const stream = this.#stream
    this.signal.throwIfAborted()
    if (this.answered || stream.destroyed || stream.closed) throw nobodyWaits()
    if (!this.#begun) {
      this.#begun = true
      stream.respond(RESPONSE, { waitForTrailers: true })
    }
    this.#sendingSince = performance.now()
    const late = setTimeout(() => this.#giveUp(), 1000 * this.#idleTime)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const cancelled = () => reject(nobodyWaits())
    this.signal.addEventListener('abort', cancelled)
    try {
      const length = bytesOf(pieces)
      let left = 1 + pieces.length
      const written = (error?: Error | null) => {
        if (error) reject(nobodyWaits())
        else if (--left === 0) resolve()
      }
      stream.cork()
      for (const piece of [prefixOf(length), ...pieces]) stream.write(piece, written)
      stream.uncork()
      await promise
      this.record.sent(length)
    } finally {
      clearTimeout(late)
      this.signal.removeEventListener('abort', cancelled)
      this.#sendingSince = undefined
    }
  }

  /** Ends an answer of any number of messages. */
  finish(trailers: Record<string, string> = {}): void {
    if (!this.#mayAnswer()) return
    this.record.succeeded()
    if (!this.#begun) this.#stream.respond(RESPONSE, { waitForTrailers: true })
    this.#end({ 'grpc-status': status.OK, ...trailers })
  }

  /** Answers with a status. Does nothing if the call already has an answer or is over. */
  fail(failure: Failure): void {
    if (!this.#mayAnswer()) return
    const { code, details, metadata } = failure
    this.record.failed(outcomeOf(failure), details)
    this.#cancel()
    // `encodeURI` throws on half of a surrogate pair.
    const message = encodeURI(details.toWellFormed())
    const trailers = { 'grpc-status': code, 'grpc-message': message, ...metadata?.toHttp2Headers() }
    if (this.#begun) {
      this.#end(trailers)
      return
    }
    this.#stream.respond({ ...RESPONSE, ...trailers }, { endStream: true })
    this.#stopClient()
  }

  #end(trailers: OutgoingHttpHeaders, last?: Uint8Array): void {
    this.#stream.once('wantTrailers', () => {
      this.#stream.sendTrailers(trailers)
      this.#stopClient()
    })
    this.#stream.end(last)
  }

  get #isOver(): boolean {
    return this.answered || this.#stream.destroyed || this.#stream.closed
  }

  #cancel(): void {
    this.#controller.abort(nobodyWaits())
  }

  #mayAnswer(): boolean {
    if (this.#isOver) return false
    this.answered = true
    // A client may open streams and never take an answer, which would keep each stream in memory.
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.#giveUp(), 1000 * this.#idleTime)
    return true
  }

  /** Hangs up on a client that does not take its answer. */
  #giveUp(): void {
    this.record.failed('too-slow', `the client took nothing of its answer for ${this.#idleTime} s`)
    hangUp(this.session)
  }

  /** Tells a client that has its answer to stop sending: https://www.rfc-editor.org/rfc/rfc9113#section-8.1-9 */
  #stopClient(): void {
    if (this.#stream.readableEnded || this.#stream.destroyed) return
    this.#stream.close(constants.NGHTTP2_NO_ERROR)
    // The stream stays open until what has arrived is read.
    this.#stream.resume()
  }

  #setDeadline(callTime: number): void {
    const timeout = this.headers.first('grpc-timeout')
    const [, digits, unit] = GRPC_TIMEOUT.exec(timeout ?? '') ?? []
    if (timeout !== undefined && unit === undefined) {
      this.fail({
        code: status.INVALID_ARGUMENT,
        details: `grpc-timeout: found "${timeout.slice(0, 80)}", expected digits and a unit such as 10S`,
      })
      return
    }
    const ms = unit === undefined ? Number.POSITIVE_INFINITY : Number(digits) * (MS[unit] as number)
    const details =
      ms < 1000 * callTime
        ? 'Deadline exceeded'
        : `the call was not done after ${callTime} s, at most ${callTime} s are allowed`
    this.#timer = setTimeout(
      () => this.fail({ code: status.DEADLINE_EXCEEDED, details }),
      Math.min(ms, 1000 * callTime),
    )
  }
}

function nobodyWaits(): ServiceError {
  return new ServiceError('cancelled', 'nobody waits for this call')
}

/** What gRPC sends before a message: that it is not compressed, and its length. */
function prefixOf(length: number): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(length, 1)
  return prefix
}

/** Returns how many bytes all pieces have. */
export function bytesOf(pieces: readonly Uint8Array[]): number {
  return pieces.reduce((sum, { length }) => sum + length, 0)
}

/** Closes a connection whose client takes more than its share. */
export function hangUp(session: ServerHttp2Session): void {
  // Node sends the code only together with an error.
  session.destroy(new Error('the client asks too much'), constants.NGHTTP2_ENHANCE_YOUR_CALM)
}
