import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { StartError } from '../config/startError.ts'
import type { Connections } from './connections.ts'

/** The addresses that the server listens on. */
export interface Listeners {
  /** The first host that was asked for. */
  host: string
  port: number
  /** The IP addresses of all hosts. */
  addresses: string[]
  /**
   * Stops listening and resolves when all clients have hung up. After `limit` ms, hangs up on the clients
   * that are left.
   */
  close(limit: number): Promise<void>
}

/** How many ports are tried until one is free on every host. */
const ATTEMPTS = 10

/**
 * Listens on the same port of each host, and hands every connection for which there is room to `connect`.
 * Port 0 stands for a port that is free on all hosts. Every host but the first may be missing on this
 * machine. The host `::` takes IPv4 too, and becomes `0.0.0.0` if the kernel has no IPv6.
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

/** Listens on a host. Resolves to undefined if the machine lacks the host and `mayBeMissing` is set. */
async function bind(
  host: string,
  port: number,
  onConnection: (socket: Socket) => void,
  mayBeMissing: boolean,
): Promise<Server | undefined> {
  // HTTP/2 writes whole frames, so waiting for more data would only delay them.
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
  const { code, message, address, hostname, port } = error as NodeJS.ErrnoException & {
    address?: string
    /** The name that DNS does not know. */
    hostname?: string
    port?: number
  }
  switch (code) {
    case 'EADDRINUSE':
      return new StartError(
        `port ${port} of ${address} is taken by another process: stop that process, or choose another port with --port`,
      )
    case 'EACCES':
      return new StartError(`not allowed to listen on port ${port}: choose a port above 1023 with --port`)
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new StartError(
        `${address ?? hostname ?? message} is not an address of this machine: choose another address with --host`,
      )
    default:
      return error as Error
  }
}
