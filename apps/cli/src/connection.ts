import { type ClientHttp2Session, connect } from 'node:http2'
import { connect as connectSocket } from 'node:net'
import type { Address } from './address.ts'
import { UnreachableError } from './errors.ts'

/** Milliseconds until an address that does not answer counts as wrong. */
export const CONNECT_LIMIT = 3000
/** Milliseconds of silence after which the peer is asked whether it is still there. */
const KEEP_ALIVE = 10_000

/** Opens an HTTP/2 connection; resolves when the server has spoken HTTP/2. Throws UnreachableError. */
export function openConnection(address: Address): Promise<ClientHttp2Session> {
  const { host, port, name } = address
  const session = connect(`http://${name}`, {
    createConnection: () =>
      connectSocket({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE }),
    settings: { enablePush: false },
  })
  return new Promise((resolve, reject) => {
    const limit = setTimeout(() => session.destroy(), CONNECT_LIMIT)
    let cause: Error | undefined
    // Stays for good: when the connection breaks later, every call on it learns so from its own stream.
    session.on('error', error => {
      cause = error
    })
    session.once('close', () => {
      clearTimeout(limit)
      reject(new UnreachableError(name, { cause }))
    })
    session.once('remoteSettings', () => {
      clearTimeout(limit)
      resolve(session)
    })
  })
}
