import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { StartError } from '../config/startError.ts'
import type { Connections } from './connections.ts'

/** What the server listens on, and its open connections. */
export interface Listeners {
  /** The first of the hosts that were asked for. */
  host: string
  port: number
  /** The IP addresses of all of them. */
  addresses: string[]
  /** Stops listening. Resolves when the clients have hung up; after `limit` ms it hangs up on those that have not. */
  close(limit: number): Promise<void>
}

/** Ports to try until one is free on every host. */
const ATTEMPTS = 10

/**
 * Listens on the same port of each host and hands every connection for which there is room to `connect`. Port 0: one that is free on
 * all of them. A host after the first may be missing on this machine; `::` takes IPv4 too, and is `0.0.0.0` where the kernel has no
 * IPv6.
 */
export async function listen(
  hosts: readonly string[],
  port: number,
  connections: Connections,
  connect: (socket: Socket) => void,
): Promise<Listeners> {
  const onConnection = (socket: Socket) => {
    if (connections.add(socket)) connect(socket)
  }
  for (let attempt = 1; ; attempt++) {
    const servers: Server[] = []
    const close = async (limit: number) => {
      const late = setTimeout(() => connections.closeAll(), limit)
      await Promise.all(servers.map(server => new Promise(resolve => server.close(resolve))))
      clearTimeout(late)
    }
    try {
      for (const host of hosts) {
        const server = await bind(
          host,
          servers[0] ? portOf(servers[0]) : port,
          onConnection,
          servers.length > 0,
        )
        if (server) servers.push(server)
      }
      const addresses = servers.map(server => (server.address() as AddressInfo).address)
      return { host: hosts[0], port: portOf(servers[0]), addresses, close }
    } catch (error) {
      await close(0)
      if (port !== 0 || attempt === ATTEMPTS || !isTaken(error)) throw refusal(error)
    }
  }
}

/** Resolves to nothing if the host is not there but may be missing. */
async function bind(
  host: string,
  port: number,
  onConnection: (socket: Socket) => void,
  mayBeMissing: boolean,
): Promise<Server | undefined> {
  // HTTP/2 writes whole frames: waiting for more to send would only delay them.
  const server = createServer({ noDelay: true }, onConnection)
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port }, resolve)
    })
    return server
  } catch (error) {
    const missing = ['EADDRNOTAVAIL', 'EAFNOSUPPORT'].includes((error as NodeJS.ErrnoException).code ?? '')
    if (missing && host === '::') return bind('0.0.0.0', port, onConnection, mayBeMissing)
    if (missing && mayBeMissing) return undefined
    throw error
  }
}

function portOf(server: Server): number {
  return (server.address() as AddressInfo).port
}

function isTaken(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === 'EADDRINUSE'
}

function refusal(error: unknown): Error {
  const { code, message, address, port } = error as NodeJS.ErrnoException & {
    address?: string
    port?: number
  }
  switch (code) {
    case 'EADDRINUSE':
      return new StartError(
        `port ${port} of ${address} is taken by another process: stop that one, or choose another port with --port`,
      )
    case 'EACCES':
      return new StartError(`not allowed to listen on port ${port}: choose one above 1023 with --port`)
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(
        `${address ?? message} is no address of this machine: choose another one with --host`,
      )
    default:
      return error as Error
  }
}
