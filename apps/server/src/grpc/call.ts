import {
  constants,
  type OutgoingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import { type Metadata, status } from '@grpc/grpc-js'
import { ServiceError } from '../service/errors.ts'
import type { RequestHeaders } from './requestHeaders.ts'
import { chunksOf } from './requestStream.ts'

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

/** A request with more frames than this must have at least `LEAST_FRAME_BYTES` per frame on average. */
const FREE_FRAMES = 64
/** The least average size of a frame. Until a frame is read, it takes some 200 bytes of memory, however small it is. */
const LEAST_FRAME_BYTES = 256

/** The most bytes that answers which their clients have not taken yet may hold together. */
const MOST_UNTAKEN_BYTES = 32 * 1024 * 1024
/** An answer of at most this many bytes is never refused. */
const SMALL_ANSWER_BYTES = 64 * 1024
let untakenBytes = 0

/**
 * A gRPC call on its HTTP/2 stream: the request and its answer
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md). The stream is always closed at the end: a
 * client that is still sending is told to stop, and a client that does not take its answer loses the
 * connection.
 */
export class Call {
  readonly headers: RequestHeaders
  readonly body: RequestBody
  readonly session: ServerHttp2Session
  /** The client's address, a colon and the client's port. */
  readonly peer: string
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
    const refusable = !changes && message.length > SMALL_ANSWER_BYTES
    if (refusable && untakenBytes + message.length > MOST_UNTAKEN_BYTES) {
      this.fail(tooMuchUntaken(untakenBytes))
      return
    }
    if (this.#begun || !this.#mayAnswer()) return
    untakenBytes += message.length
    this.#stream.once('close', () => {
      untakenBytes -= message.length
    })
    this.#stream.respond(RESPONSE, { waitForTrailers: true })
    this.#end({ 'grpc-status': status.OK }, Buffer.concat([prefixOf(message), message]))
  }

  /**
   * Sends one of several messages. Resolves when the client has taken the message or there is room for it on the way. Hangs up on a client
   * that takes nothing for the idle time. Throws `cancelled` if the call is over.
   */
  async send(message: Uint8Array): Promise<void> {
    const stream = this.#stream
    this.signal.throwIfAborted()
    if (this.answered || stream.destroyed || stream.closed) throw nobodyWaits()
    if (!this.#begun) {
      this.#begun = true
      stream.respond(RESPONSE, { waitForTrailers: true })
    }
    this.#sendingSince = performance.now()
    const late = setTimeout(() => hangUp(this.session), 1000 * this.#idleTime)
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const cancelled = () => reject(nobodyWaits())
    this.signal.addEventListener('abort', cancelled)
    try {
      stream.cork()
      stream.write(prefixOf(message))
      stream.write(message, error => (error ? reject(nobodyWaits()) : resolve()))
      stream.uncork()
      await promise
    } finally {
      clearTimeout(late)
      this.signal.removeEventListener('abort', cancelled)
      this.#sendingSince = undefined
    }
  }

  /** Ends an answer of any number of messages. */
  finish(trailers: Record<string, string> = {}): void {
    if (!this.#mayAnswer()) return
    if (!this.#begun) this.#stream.respond(RESPONSE, { waitForTrailers: true })
    this.#end({ 'grpc-status': status.OK, ...trailers })
  }

  /** Answers with a status. Does nothing if the call already has an answer or is over. */
  fail({ code, details, metadata }: Failure): void {
    if (!this.#mayAnswer()) return
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

  #cancel(): void {
    this.#controller.abort(nobodyWaits())
  }

  #mayAnswer(): boolean {
    if (this.answered || this.#stream.destroyed || this.#stream.closed) return false
    this.answered = true
    // A client may open streams and never take an answer, which would keep each stream in memory.
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => hangUp(this.session), 1000 * this.#idleTime)
    return true
  }

  /** Tells a client that has its answer to stop sending: https://www.rfc-editor.org/rfc/rfc9113#section-8.1-9 */
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
   * Refuses a request that comes in tiny frames: a window of 1 MiB has room for a million frames of one byte,
   * which take 200 MB of memory. Frames are counted in `push`, because Node calls it for each frame even
   * while nobody reads.
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

function nobodyWaits(): ServiceError {
  return new ServiceError('cancelled', 'nobody waits for this call')
}

function tooMuchUntaken(bytes: number): Failure {
  return {
    code: status.UNAVAILABLE,
    details: `answers of ${bytes} bytes wait for their clients, at most ${MOST_UNTAKEN_BYTES} are allowed: try again later`,
  }
}

/** What gRPC sends before a message: that it is not compressed, and its length. */
function prefixOf(message: Uint8Array): Buffer {
  const prefix = Buffer.alloc(5)
  prefix.writeUInt32BE(message.length, 1)
  return prefix
}

/** Closes a connection whose client takes more than its share. */
export function hangUp(session: ServerHttp2Session): void {
  // Node sends the code only together with an error.
  session.destroy(new Error('the client asks too much'), constants.NGHTTP2_ENHANCE_YOUR_CALM)
}
