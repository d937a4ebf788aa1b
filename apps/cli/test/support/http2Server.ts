import { once } from 'node:events'
import {
  createServer,
  type Http2Server,
  type IncomingHttpHeaders,
  type ServerHttp2Stream,
  type ServerOptions,
} from 'node:http2'
import type { AddressInfo, Socket } from 'node:net'
import { onTestFinished } from 'vitest'
import { type Address, parseAddress } from '../../src/address.ts'

/** Starts an HTTP/2 server on a free port until the test ends. `onStream` handles each stream and may misbehave. */
export async function serveStreams(
  onStream: (stream: ServerHttp2Stream, socket: Socket, headers: IncomingHttpHeaders) => void,
  options: ServerOptions = {},
): Promise<Address> {
  const sockets = new Set<Socket>()
  const server: Http2Server = createServer(options)
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.on('sessionError', () => {})
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {})
    const [socket] = [...sockets].slice(-1)
    if (socket) onStream(stream, socket, headers)
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return parseAddress(`127.0.0.1:${port}`)
}

/** Answers a call with an empty message and status OK once the request has ended and `when` has resolved. */
export async function succeed(
  stream: ServerHttp2Stream,
  when: Promise<unknown> = Promise.resolve(),
): Promise<void> {
  stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': 0 }))
  await once(stream, 'end')
  await when
  stream.end(Buffer.alloc(5))
}
