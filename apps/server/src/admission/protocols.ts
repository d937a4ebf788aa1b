import type { Socket } from 'node:net'
import { createServer, type TLSSocket, type TlsOptions } from 'node:tls'

/** How every HTTP/2 connection begins: https://www.rfc-editor.org/rfc/rfc9113#section-3.4. No method of HTTP/1.1 begins like this. */
const PREFACE = Buffer.from('PRI ')

/** The most bytes that Node's parser of HTTP gets at once where requests may be. */
export const SLICE = 4 * 1024

type Connect = (socket: Socket) => void

/** Who takes the connections of each protocol. */
export interface Protocols {
  /** Takes HTTP/2. */
  grpc: Connect
  /** Takes HTTP/1.1. Undefined: only gRPC is served. */
  http: Connect | undefined
}

export interface Switch {
  /** Finds out which protocol a new connection speaks, and hands it on. */
  connect: Connect
  /** Uses other certificates for new connections. */
  renew(tls: TlsOptions): void
}

export function byProtocol(protocols: Protocols, tls: TlsOptions | undefined): Switch {
  if (tls) return afterHandshake(protocols, tls)
  const { grpc, http } = protocols
  return { connect: http ? socket => byFirstBytes(socket, grpc, http) : grpc, renew() {} }
}

/**
 * With TLS, the protocol is negotiated in the handshake (ALPN). gRPC clients offer h2 alone. Who also offers
 * http/1.1, as browsers and curl do, gets it, because behind h2 we only have gRPC. A client that offers
 * nothing speaks HTTP/1.1.
 */
function afterHandshake({ grpc, http }: Protocols, tls: TlsOptions): Switch {
  const served = http ? ['http/1.1', 'h2'] : ['h2']
  const server = createServer({
    ...tls,
    ALPNCallback: ({ protocols }) => served.find(protocol => protocols.includes(protocol)),
  })
  server.on('secureConnection', (socket: TLSSocket) => {
    // Node leaves errors of a TLS connection to its user, and an error without a listener ends the process.
    socket.on('error', () => {})
    if (socket.alpnProtocol === 'h2') grpc(socket)
    else if (http) http(socket)
    else socket.destroy()
  })
  return {
    connect: socket => server.emit('connection', socket),
    renew: tls => server.setSecureContext(tls),
  }
}

/** Looks at as many bytes as it takes to know the protocol, and puts them back. */
function byFirstBytes(socket: Socket, grpc: Connect, http: Connect): void {
  let head: Buffer = Buffer.alloc(0)
  const ignore = () => {} // a client that resets the connection here has not asked anything
  const onReadable = () => {
    const bytes: Buffer | null = socket.read()
    if (!bytes) return
    head = Buffer.concat([head, bytes])
    const isPreface = PREFACE.equals(head.subarray(0, PREFACE.length))
    if (!isPreface && PREFACE.subarray(0, head.length).equals(head)) return
    socket.off('readable', onReadable).off('error', ignore)
    if (isPreface) {
      socket.unshift(head)
      grpc(socket)
    } else {
      // In the slices that `http/slices.ts` makes of everything after it.
      for (let end = head.length; end > 0; end -= SLICE)
        socket.unshift(head.subarray(Math.max(0, end - SLICE), end))
      http(socket)
    }
  }
  socket.on('error', ignore).on('readable', onReadable)
}
