import {
  constants,
  createSecureServer,
  createServer,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from 'node:http2'
import type { Socket } from 'node:net'
import type { TLSSocket } from 'node:tls'
import { status } from '@grpc/grpc-js'
import { shown } from '@table/storage'
import { Resets } from '../admission/resets.ts'
import { showsClient, type TlsOptions } from '../auth/tls.ts'
import { Call, type CallTimes, type Failure, hangUp } from './call.ts'
import { OpenCalls } from './openCalls.ts'
import { RequestHeaders } from './requestHeaders.ts'

/** Calls at once on a connection. A gRPC client lets more of them wait. */
const STREAMS = 100
/** A few bytes can refer to a long header that the connection has sent before, so the list of a call is limited as a whole. */
const HEADER_LIST_BYTES = 8 * 1024
const HEADERS = 64
/** What Node keeps for a connection, in MB: streams, headers, and frames that wait to be sent. */
const SESSION_MEMORY = 1
/** Streams that a client may reset at once, and then in a second: `STREAMS` and some more. */
const RESET_BURST = 200
const RESET_RATE = 33
/** How long a connection may stay without calls, in ms. A gRPC client connects again when it has to. */
const IDLE_CONNECTION = 300_000

/** A method that can be called. */
export interface Method {
  /** Why a call with these headers is refused, if so. */
  refusal(headers: RequestHeaders): Failure | undefined
  answer(call: Call): Promise<void>
}

/** The server's side of gRPC: connections come in by `connect`, calls go out to the methods, which are listed by path. */
export class GrpcServer {
  readonly calls = new OpenCalls()
  readonly #methods: ReadonlyMap<string, Method>
  readonly #times: CallTimes
  readonly #wantsCertificates: boolean
  readonly #resets = new Resets()
  readonly #sessions = new Set<ServerHttp2Session>()
  readonly #connect: (socket: Socket) => void

  constructor(methods: ReadonlyMap<string, Method>, times: CallTimes, tls: TlsOptions | undefined) {
    this.#methods = methods
    this.#times = times
    this.#wantsCertificates = tls?.requestCert === true
    const options = {
      settings: { maxConcurrentStreams: STREAMS, maxHeaderListSize: HEADER_LIST_BYTES },
      maxHeaderListPairs: HEADERS,
      maxSessionMemory: SESSION_MEMORY,
      streamResetBurst: RESET_BURST,
      streamResetRate: RESET_RATE,
    }
    const http2 = tls ? createSecureServer({ ...options, ...tls }) : createServer(options)
    // Node leaves the errors of a TLS connection to its user. An error that nobody listens for would end the process.
    http2.on('secureConnection', (socket: TLSSocket) => socket.on('error', () => {}))
    http2.on('session', session => this.#onSession(session))
    this.#connect = socket => http2.emit('connection', socket)
  }

  /** Serves a new connection. */
  connect(socket: Socket): void {
    if (this.#resets.refuses(socket.remoteAddress)) socket.destroy()
    else this.#connect(socket)
  }

  /** Closes every connection once its calls are done, and takes no new ones. */
  close(): void {
    for (const session of this.#sessions) session.close()
  }

  #onSession(session: ServerHttp2Session): void {
    if (this.#wantsCertificates && !showsClient(session.socket as TLSSocket)) {
      session.destroy(new Error('no client'), constants.NGHTTP2_INADEQUATE_SECURITY)
      return
    }
    const { remoteAddress: address, remotePort } = session.socket
    const peer = `${address}:${remotePort}`
    const idle = setTimeout(() => {
      if (!this.calls.has(session)) session.close()
    }, IDLE_CONNECTION).unref()
    this.#sessions.add(session)
    session.once('close', () => {
      clearTimeout(idle)
      this.#sessions.delete(session)
    })
    session.on('stream', (stream, _headers, _flags, rawHeaders: string[]) => {
      const broken = (early: boolean) => {
        // A client that vanishes takes all of its calls with it: that is one event, and clients behind a proxy share an address.
        if (early && !session.destroyed && this.#resets.count(address)) hangUp(session)
        if (!session.destroyed) idle.refresh()
      }
      stream.on('error', () => {}) // the end of a stream is told by its `close`
      if (stream.destroyed || stream.closed) return broken(true)
      this.#onStream(session, peer, stream, new RequestHeaders(rawHeaders), broken)
    })
  }

  /** `closed` is told of the end of the stream, and whether it came before there was an answer. */
  #onStream(
    session: ServerHttp2Session,
    peer: string,
    stream: ServerHttp2Stream,
    headers: RequestHeaders,
    closed: (early: boolean) => void,
  ): void {
    // Clients try a refused stream again. Nothing is kept of it here, so that many of them cost little.
    if (!this.calls.hasRoom()) {
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
    const call = new Call(stream, session, peer, headers, this.#times)
    stream.once('close', () => {
      this.calls.remove(call)
      closed(!call.answered)
    })
    this.calls.add(call, async () => {
      const method = this.#methods.get(headers.first(':path') ?? '')
      const refused = tooManyHeaders(headers) ?? method?.refusal(headers)
      if (refused) call.fail(refused)
      else if (method) await method.answer(call)
      else call.fail(unknownMethod(headers.first(':path')))
    })
  }
}

/** A client that has not yet confirmed our settings is not held to them by Node. */
function tooManyHeaders({ bytes }: RequestHeaders): Failure | undefined {
  if (bytes <= HEADER_LIST_BYTES) return undefined
  return {
    code: status.RESOURCE_EXHAUSTED,
    details: `the headers of the call take ${bytes} bytes, at most ${HEADER_LIST_BYTES} are allowed: send less metadata`,
  }
}

function unknownMethod(path = ''): Failure {
  return {
    code: status.UNIMPLEMENTED,
    details: `the server does not implement the method ${shown(path)}`,
  }
}
