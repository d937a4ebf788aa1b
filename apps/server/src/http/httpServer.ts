import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { ServiceError } from '@table/table'
import type { OpenCalls } from '../admission/openCalls.ts'
import { within } from '../admission/within.ts'
import { CallRecord } from '../observe/callRecord.ts'
import { Exchange, type ExchangeTimes } from './exchange.ts'
import { SECURITY_HEADERS } from './headers.ts'
import { HttpError, type Problem, problemOf } from './problem.ts'
import { slice } from './slices.ts'

// An import would read every export of node:http, and some of them load undici: 13 MiB, and a tenth of the CPU time of a start.
const { createServer } = process.getBuiltinModule('node:http')

/** The most bytes of a request's line and headers. */
const HEADER_BYTES = 8 * 1024
/** Headers of a request. Each takes some 100 bytes of memory, however short it is. */
const HEADERS = 64
/** Requests at once on a connection. They are answered one after the other; browsers and curl send one at a time. */
const PIPELINED = 16
/**
 * How long a client that has ended its side of the connection gets answers, in ms. A client that is gone looks like one that waits, and
 * its query takes the place of another.
 */
const ENDED_LIMIT = 1000

export interface HttpOptions {
  times: ExchangeTimes
  calls: OpenCalls
  /** From when it is aborted on, connections are closed after their answers. */
  draining: AbortSignal
  /** Answers a request. Never rejects. */
  answer(exchange: Exchange): Promise<void>
}

interface Connection {
  /** The request that the client is sending, or sent last. */
  current?: IncomingMessage
  exchanges: Set<Exchange>
  /** Closes the connection if its next request is not there in time. */
  idle: NodeJS.Timeout
  /** Resolves when the last request is answered. */
  last: Promise<void>
}

/** The server's side of HTTP/1.1: takes connections by `connect` and makes an exchange of each request. */
export class HttpServer {
  readonly #options: HttpOptions
  readonly #connections = new Map<Duplex, Connection>()
  readonly #connect: (socket: Socket) => void

  constructor(options: HttpOptions) {
    this.#options = options
    // Node's own limits of times only hold in a server that listens itself. Ours are in `connect` and `Exchange`.
    const http = createServer({
      maxHeaderSize: HEADER_BYTES,
      insecureHTTPParser: false,
      keepAliveTimeout: 1000 * options.times.idleTime,
    })
    // Node leaves out further headers, such as the one that names a foreign page. So see whether there are any.
    http.maxHeadersCount = HEADERS + 1
    http.on('request', (request, response) => this.#onRequest(request, response, false))
    http.on('checkContinue', (request, response) => this.#onRequest(request, response, true))
    http.on('clientError', (error, socket) => this.#onMalformed(error, socket))
    this.#connect = socket => http.emit('connection', socket)
    options.draining.addEventListener('abort', () => this.#endIdle())
  }

  /** Takes a connection, with TLS or without. */
  connect(socket: Socket): void {
    socket.allowHalfOpen = true
    const idle = setTimeout(() => {
      if (connection.exchanges.size === 0) socket.destroy()
    }, 1000 * this.#options.times.idleTime).unref()
    const connection: Connection = { exchanges: new Set(), idle, last: Promise.resolve() }
    this.#connections.set(socket, connection)
    socket.once('close', () => {
      clearTimeout(idle)
      this.#connections.delete(socket)
      for (const exchange of connection.exchanges) exchange.gone()
    })
    this.#connect(socket)
    slice(
      socket,
      () => connection.current,
      () => untilAnswered(connection),
    )
  }

  /** Closes every connection that has no answer under way. */
  close(): void {
    this.#endIdle()
  }

  #onRequest(request: IncomingMessage, response: ServerResponse, expectsContinue: boolean): void {
    const { calls, times, draining, answer } = this.#options
    const connection = this.#connections.get(request.socket)
    if (!connection || connection.exchanges.size >= PIPELINED) {
      // A paused connection does not show the slices that were read already.
      request.socket.pause().destroy()
      return
    }
    connection.current = request
    if (!calls.hasRoom()) {
      if (connection.exchanges.size === 0) refuse(request.socket, tooManyRequests())
      else request.socket.destroy()
      return
    }
    const exchange = new Exchange(request, response, times, expectsContinue)
    const previous = connection.last
    const { promise: done, resolve } = Promise.withResolvers<void>()
    connection.last = Promise.all([exchange.over, done]).then(() => {})
    connection.exchanges.add(exchange)
    void exchange.over.then(() => {
      calls.remove(exchange)
      connection.exchanges.delete(exchange)
      if (!request.socket.destroyed) connection.idle.refresh()
      if (draining.aborted && connection.exchanges.size === 0) request.socket.end()
    })
    calls.add(exchange, async () => {
      await previous
      if (draining.aborted) exchange.headers.connection = 'close'
      if (request.rawHeaders.length > 2 * HEADERS) exchange.fail(tooManyHeaders())
      else if (!exchange.isDone) await answer(exchange)
      resolve()
    })
  }

  /** Answers what is no HTTP, and a body that stops being HTTP. */
  #onMalformed(error: NodeJS.ErrnoException, socket: Duplex): void {
    const [exchange] = this.#connections.get(socket)?.exchanges ?? []
    if (exchange && !exchange.request.complete) {
      if (error.code === 'HPE_INVALID_EOF_STATE')
        exchange.record.failed('cancelled', 'the client went away before the end of the body')
      exchange.fail(new ServiceError('invalid-request', `the body is not HTTP/1.1 (${error.message})`))
      socket.end()
    } else if (exchange || !socket.writable || error.code === 'ECONNRESET') socket.destroy()
    else this.#refuseMalformed(socket as Socket, malformed(error))
  }

  #refuseMalformed(socket: Socket, error: Error): void {
    const record = new CallRecord(`${socket.remoteAddress}:${socket.remotePort}`, () => undefined)
    const problem = refuse(socket, error)
    record.failed(problem.code, problem.detail)
    this.#options.calls.refused(record)
  }

  #endIdle(): void {
    for (const [socket, { exchanges }] of this.#connections) if (exchanges.size === 0) socket.end()
  }
}

/** Resolves when a client that has ended its side has its answers or has waited long enough for them, or at once if it has not sent all of a request. */
async function untilAnswered({ current, exchanges, last }: Connection): Promise<void> {
  if (exchanges.size === 0 || current?.complete !== true) return
  await within(ENDED_LIMIT, last)
}

function tooManyHeaders(): HttpError {
  return new HttpError(431, `found more than ${HEADERS} headers, at most ${HEADERS} are allowed: send less`)
}

function tooManyRequests(): ServiceError {
  return new ServiceError('unavailable', 'too many requests are under way: try again later')
}

function malformed({ code, message }: NodeJS.ErrnoException): HttpError {
  return code === 'HPE_HEADER_OVERFLOW'
    ? new HttpError(
        431,
        `the headers take more than ${HEADER_BYTES} bytes, at most ${HEADER_BYTES} are allowed: send less`,
      )
    : new HttpError(400, `the request is not HTTP/1.1 (${message})`)
}

/** Answers without an exchange, and closes the connection. Returns the answer. */
function refuse(socket: Duplex, error: Error): Problem {
  const { problem, headers } = problemOf(error)
  const body = JSON.stringify(problem)
  const all = {
    ...SECURITY_HEADERS,
    ...headers,
    connection: 'close',
    'content-type': 'application/problem+json',
    'content-length': Buffer.byteLength(body),
  }
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}\r\n`)
  socket.end(`HTTP/1.1 ${problem.status} ${problem.title}\r\n${lines.join('')}\r\n${body}`, () =>
    socket.destroy(),
  )
  return problem
}
