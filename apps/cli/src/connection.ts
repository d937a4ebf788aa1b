import { type ClientHttp2Session, connect } from 'node:http2'
import { connect as connectSocket, isIP, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { UnreachableError } from './errors.ts'
import type { Target } from './target.ts'
import { CONNECT_LIMIT, whyUnreachable } from './unreachable.ts'

/** After this many ms of silence, TCP asks whether the server is still there. */
const KEEP_ALIVE = 10_000

/** Opens an HTTP/2 connection. Resolves once the server has spoken HTTP/2. Throws UnreachableError. */
export async function openConnection(target: Target): Promise<ClientHttp2Session> {
  const socket = openSocket(target)
  const session = connect(`${target.tls ? 'https' : 'http'}://${target.name}`, {
    createConnection: () => socket,
    settings: { enablePush: false },
  })
  let cause: NodeJS.ErrnoException | undefined
  // This listener stays: when the connection breaks later, every call notices on its own stream.
  session.on('error', error => {
    cause = error
  })
  let met = false
  socket.once(target.tls ? 'secureConnect' : 'connect', () => {
    met = true
  })
  let late = false
  const limit = setTimeout(() => {
    late = true
    session.destroy()
  }, CONNECT_LIMIT)
  const open = await new Promise<boolean>(resolve => {
    session.once('close', () => resolve(false))
    session.once('remoteSettings', () => resolve(true))
  })
  clearTimeout(limit)
  if (open) return session
  throw new UnreachableError(await whyUnreachable(target, { cause, met, late }), { cause })
}

function openSocket({ host, port, tls }: Target): Socket {
  const socket = tls
    ? connectTls({
        host,
        port,
        secureContext: tls.context,
        ALPNProtocols: ['h2'],
        // Tells a server with many names which one is meant. An IP address is not a valid server name.
        ...(isIP(host) === 0 && { servername: host }),
      })
    : connectSocket({ host, port })
  // Node leaves the socket open after a TLS alert, and then the session on the socket never closes.
  socket.on('error', () => socket.destroy())
  return socket.setNoDelay(true).setKeepAlive(true, KEEP_ALIVE)
}
