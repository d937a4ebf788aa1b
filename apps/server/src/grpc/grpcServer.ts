import { subscribe } from 'node:diagnostics_channel'
import { constants, createServer, type ServerHttp2Session, type ServerHttp2Stream } from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { status } from '@grpc/grpc-js'
import { shown } from '@table/storage'
import { shuttingDown } from '@table/table'
import type { OpenCalls } from '../admission/openCalls.ts'
import { Resets } from '../admission/resets.ts'
import { countPieces } from '../admission/tinyPieces.ts'
import { showsClient } from '../auth/tls.ts'
import { Call, type CallTimes, type Failure, hangUp } from './call.ts'
import { RequestHeaders } from './requestHeaders.ts'
import { statusOf } from './status.ts'

/** Calls at once on a connection. gRPC clients queue further calls. */
const STREAMS = 100
/**
 * Limits the header list of a call as a whole, because a few bytes can refer to a long header that the
 * connection has sent before.
 */
const HEADER_LIST_BYTES = 8 * 1024
const HEADERS = 64
/** The most that Node keeps for a connection, in MB: streams, headers, and frames that wait to be sent. */
const SESSION_MEMORY = 1
/**
 * The number of streams that a client may reset at once, and then per second. The burst leaves room for
 * `STREAMS` and more.
 */
const RESET_BURST = 200
const RESET_RATE = 33
/** How long a connection may stay open without calls, in ms. gRPC clients reconnect when necessary. */
const IDLE_CONNECTION = 300_000

// Count frames as soon as Node has made their stream. The event `stream` comes after everything that arrived
// together with the first bytes of the connection.
subscribe('http2.server.stream.created', message =>
  countPieces((message as { stream: ServerHttp2Stream }).stream),
)

export interface Method {
  /** Whether calls are also answered while the server shuts down. */
  untilTheEnd: boolean
  /** Returns why a call with these headers is refused, or undefined. */
  refusal(headers: RequestHeaders): Failure | undefined
  answer(call: Call): Promise<void>
}

export interface GrpcOptions {
  times: CallTimes
  calls: OpenCalls
  /** Whether clients must show a certificate that is meant for clients. */
  wantsCertificates: boolean
  /** From when it is aborted on, no further calls begin. */
  draining: AbortSignal
}

/** The server's side of gRPC: takes connections by `connect` and hands each call to the method of its path. */
export class GrpcServer {
  readonly #methods: ReadonlyMap<string, Method>
  readonly #options: GrpcOptions
  readonly #resets = new Resets()
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #connect: (socket: Socket) => void

  constructor(methods: ReadonlyMap<string, Method>, options: GrpcOptions) {
    this.#methods = methods
    this.#options = options
    const http2 = createServer({
      settings: { maxConcurrentStreams: STREAMS, maxHeaderListSize: HEADER_LIST_BYTES },
      maxHeaderListPairs: HEADERS,
      maxSessionMemory: SESSION_MEMORY,
      streamResetBurst: RESET_BURST,
      streamResetRate: RESET_RATE,
    })
    http2.on('session', session => this.#onSession(session))
    this.#connect = socket => http2.emit('connection', socket)
  }

  /** Whether connections of this address are closed because it has broken off too many calls. */
  refuses(address: string | undefined): boolean {
    return this.#resets.refuses(address)
  }

  /** Takes a connection, with TLS or without. */
  connect(socket: Socket): void {
    this.#connect(socket)
  }

  /** Takes no new calls, and closes every connection once its calls are done. */
  close(): void {
    for (const session of this.#sessions) session.close()
  }

  #onSession(session: ServerHttp2Session): void {
    if (this.#options.wantsCertificates && !showsClient(session.socket as TLSSocket)) {
      session.destroy(new Error('no client'), constants.NGHTTP2_INADEQUATE_SECURITY)
      return
    }
    const { remoteAddress: address, remotePort } = session.socket
    const peer = `${address}:${remotePort}`
    const idle = setTimeout(() => {
      if (!this.#options.calls.has(session)) session.close()
    }, IDLE_CONNECTION).unref()
    this.#sessions.add(session)
    session.once('close', () => {
      clearTimeout(idle)
      this.#sessions.delete(session)
    })
    session.on('stream', (stream, _headers, _flags, rawHeaders: string[]) => {
      const broken = (early: boolean) => {
        // Do not count the calls of a client that vanishes: they all end with its connection, and clients
        // behind a proxy share an address.
        if (early && !session.destroyed && this.#resets.count(address)) hangUp(session)
        if (!session.destroyed) idle.refresh()
      }
      stream.on('error', () => {}) // the listener of `close` handles the end of the stream
      if (stream.destroyed || stream.closed) return broken(true)
      this.#onStream(session, peer, stream, new RequestHeaders(rawHeaders), broken)
    })
  }

  /** Begins a call. Calls `closed` when the stream ends, with whether the stream ended before the answer. */
  #onStream(
    session: ServerHttp2Session,
    peer: string,
    stream: ServerHttp2Stream,
    headers: RequestHeaders,
    closed: (early: boolean) => void,
  ): void {
    const { calls, times } = this.#options
    // Clients retry a refused stream. Nothing of the stream is kept here, so refusing many is cheap.
    if (!calls.hasRoom()) {
      stream.close(constants.NGHTTP2_REFUSED_STREAM)
      return
    }
    const contentType = headers.first('content-type') ?? ''
    if (headers.first(':method') !== 'POST' || !contentType.startsWith('application/grpc')) {
      stream.respond({ ':status': constants.HTTP_STATUS_UNSUPPORTED_MEDIA_TYPE }, { endStream: true })
      stream.close(constants.NGHTTP2_NO_ERROR)
      stream.once('close', () => closed(false))
      return
    }
    const call = new Call(stream, session, peer, headers, times)
    stream.once('close', () => {
      calls.remove(call)
      closed(!call.answered)
    })
    calls.add(call, async () => {
      const path = headers.first(':path') ?? ''
      const method = this.#methods.get(path)
      if (method) {
        call.record.method = path
        call.record.isProbe = method.untilTheEnd
      }
      const late =
        this.#options.draining.aborted && !method?.untilTheEnd ? statusOf(shuttingDown()) : undefined
      const refused = late ?? tooManyHeaders(headers) ?? method?.refusal(headers)
      if (refused) call.fail(refused)
      else if (method) await method.answer(call)
      else call.fail(unknownMethod(path))
    })
  }
}

/** Refuses a call with too many headers. Node applies our limit only after the client has confirmed our settings. */
function tooManyHeaders({ bytes }: RequestHeaders): Failure | undefined {
  if (bytes <= HEADER_LIST_BYTES) return undefined
  return {
    code: status.RESOURCE_EXHAUSTED,
    details: `the headers of the call take ${bytes} bytes, at most ${HEADER_LIST_BYTES} are allowed: send less metadata`,
  }
}

function unknownMethod(path: string): Failure {
  return {
    code: status.UNIMPLEMENTED,
    details: `the server does not implement the method ${shown(path)}`,
  }
}
