import { constants, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import { type Metadata, status } from '@grpc/grpc-js'
import { ServiceError } from '../service/errors.ts'
import type { RequestHeaders } from './requestHeaders.ts'
import { chunksOf } from './requestStream.ts'

/** The message of a request before it is decoded. A method reads it while it arrives. */
export interface RequestBody {
  /** What follows the HTTP/2 headers. Throws `cancelled`, or ends early, if the call is over before the request is. */
  chunks: AsyncIterable<Uint8Array>
  /** The `grpc-encoding` header; `identity` if there is none. */
  encoding: string
}

/** How a call ends that is not answered with a message. */
export interface Failure {
  code: status
  details: string
  metadata?: Metadata | undefined
}

/** In seconds. */
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

/** A request of more frames than this has to have frames of `LEAST_FRAME_BYTES` on average. */
const FREE_FRAMES = 64
/** Each frame takes some 200 bytes here until it is read, however small it is. */
const LEAST_FRAME_BYTES = 256

/**
 * A gRPC call on its HTTP/2 stream: the request, and the one answer to it
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). However a call ends, its stream is closed: a client that still
 * sends is told to stop, and one that does not take the answer loses its connection.
 */
export class Call {
  readonly headers: RequestHeaders
  readonly body: RequestBody
  readonly session: ServerHttp2Session
  /** The client's address, a colon and its port. */
  readonly peer: string
  readonly since = performance.now()
  /** Whether an answer has been given. */
  answered = false
  readonly #stream: ServerHttp2Stream
  readonly #idleTime: number
  readonly #controller = new AbortController()
  #timer: NodeJS.Timeout | undefined

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
    this.body = { chunks: chunksOf(stream), encoding: headers.first('grpc-encoding') ?? 'identity' }
    this.#refuseTinyFrames()
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

  /** Whether the call waits for its client: for the rest of the request, or to take the answer. */
  get waitsForClient(): boolean {
    return this.answered || !this.#stream.readableEnded
  }

  /** Answers with a message. Does nothing if there is an answer already, or nobody to answer to. */
  succeed(message: Uint8Array): void {
    if (!this.#mayAnswer()) return
    const prefix = Buffer.alloc(5)
    prefix.writeUInt32BE(message.length, 1)
    this.#stream.respond(RESPONSE, { waitForTrailers: true })
    this.#stream.once('wantTrailers', () => {
      this.#stream.sendTrailers({ 'grpc-status': status.OK })
      this.#stopClient()
    })
    this.#stream.end(Buffer.concat([prefix, message]))
  }

  /** Answers with a status. Does nothing if there is an answer already, or nobody to answer to. */
  fail({ code, details, metadata }: Failure): void {
    if (!this.#mayAnswer()) return
    this.#cancel()
    // A character that is cut in half has no encoding.
    const message = encodeURI(details.toWellFormed())
    this.#stream.respond(
      { ...RESPONSE, 'grpc-status': code, 'grpc-message': message, ...metadata?.toHttp2Headers() },
      { endStream: true },
    )
    this.#stopClient()
  }

  #cancel(): void {
    this.#controller.abort(new ServiceError('cancelled', 'nobody waits for this call'))
  }

  #mayAnswer(): boolean {
    if (this.answered || this.#stream.destroyed || this.#stream.closed) return false
    this.answered = true
    // A client may open streams and never take an answer: each would stay in memory with its stream.
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => hangUp(this.session), 1000 * this.#idleTime)
    return true
  }

  /** Tells a client that is answered and still sends to stop: https://www.rfc-editor.org/rfc/rfc9113#section-8.1-9 */
  #stopClient(): void {
    if (!this.#stream.readableEnded && !this.#stream.destroyed) this.#stream.close(constants.NGHTTP2_NO_ERROR)
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

  /**
   * Node calls `push` for every DATA frame, also while nobody reads. It has to be counted there: a window of 1 MiB has room for a
   * million frames of a byte, which take 200 MB.
   */
  #refuseTinyFrames(): void {
    const stream = this.#stream
    let frames = 0
    let bytes = 0
    stream.push = (chunk: Uint8Array | null) => {
      if (chunk === null) return Object.getPrototypeOf(stream).push.call(stream, chunk)
      bytes += chunk.length
      if (++frames <= FREE_FRAMES || bytes >= frames * LEAST_FRAME_BYTES)
        return Object.getPrototypeOf(stream).push.call(stream, chunk)
      this.fail({
        code: status.RESOURCE_EXHAUSTED,
        details: `the request came in ${frames} pieces of ${Math.floor(bytes / frames)} bytes on average, expected at least ${LEAST_FRAME_BYTES}: send larger frames`,
      })
      return true
    }
  }
}

/** Ends a connection that takes more than it may. */
export function hangUp(session: ServerHttp2Session): void {
  // Node sends the code only beside an error.
  session.destroy(new Error('the client asks too much'), constants.NGHTTP2_ENHANCE_YOUR_CALM)
}
