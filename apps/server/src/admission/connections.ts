import type { Socket } from 'node:net'
import type { Reading } from '../observe/metrics.ts'
import { networkOf } from './network.ts'

/** In ms. A connection that has been quiet for less time is left alone, because its client may be about to call. */
const NEW = 1000
/**
 * How long a connection may be open before its first call, in ms. The limit covers the TLS and HTTP/2
 * handshakes, and closes connections of clients that may not call.
 */
const FIRST_CALL = 60_000
/**
 * The part of the places that strangers get, which are connections that have not called yet. The rest is kept
 * for connections that have.
 */
const STRANGERS = 1 / 2
/**
 * The part of the places that one address gets. The part is large because all clients behind a proxy share
 * one address.
 */
const ONE_ADDRESS = 7 / 8

interface Connection {
  socket: Socket
  address: string
  /** The number of calls under way. */
  calls: number
  /** Whether no call on this connection has been admitted yet. */
  stranger: boolean
  /** Since when the connection has had no calls. */
  quietSince: number
}

/**
 * The open connections. When there are too many, a connection without calls makes room for a new one: among
 * those of the address with the most connections, the one that has been quiet the longest. A connection with
 * a call under way is never closed for another connection.
 */
export class Connections {
  readonly #limit: number
  readonly #open = new Set<Connection>()
  readonly #byPeer = new Map<string, Connection>()
  #refused = 0

  constructor(limit: number) {
    this.#limit = limit
  }

  get readings(): Reading[] {
    return [
      {
        kind: 'gauge',
        name: 'table_connections_open',
        help: 'Connections of clients.',
        read: () => this.#open.size,
      },
      {
        kind: 'counter',
        name: 'table_connections_refused_total',
        help: 'Connections that are closed at once, because too many are open.',
        read: () => this.#refused,
      },
    ]
  }

  /** Adds a new connection. If there is no room, closes the socket and returns false. */
  add(socket: Socket): boolean {
    const address = networkOf(socket.remoteAddress)
    if (!this.#makeRoom(address)) {
      this.#refused++
      socket.destroy()
      return false
    }
    const connection = { socket, address, calls: 0, stranger: true, quietSince: performance.now() }
    const peer = `${socket.remoteAddress}:${socket.remotePort}`
    this.#open.add(connection)
    this.#byPeer.set(peer, connection)
    const late = setTimeout(() => {
      if (connection.stranger) socket.destroy()
    }, FIRST_CALL).unref()
    socket.once('close', () => {
      clearTimeout(late)
      this.#open.delete(connection)
      if (this.#byPeer.get(peer) === connection) this.#byPeer.delete(peer)
    })
    return true
  }

  /**
   * Does the work of an admitted call and keeps the call's connection open meanwhile. Call this when the
   * request is whole, or when requests that are still arriving have a limit of their own: otherwise calls
   * that only wait for their clients could take all places. `peer` is the client's address, a colon and the
   * client's port, also with TLS.
   */
  async during<T>(peer: string, work: () => Promise<T>): Promise<T> {
    const connection = this.#byPeer.get(peer)
    if (!connection) return work()
    connection.stranger = false
    connection.calls++
    try {
      return await work()
    } finally {
      connection.calls--
      connection.quietSince = performance.now()
    }
  }

  closeAll(): void {
    for (const { socket } of this.#open) socket.destroy()
  }

  /** Returns whether a connection from this address is let in. Closes another connection for it if necessary. */
  #makeRoom(address: string): boolean {
    const strangersLimit = Math.ceil(this.#limit * STRANGERS)
    if (this.#open.size < strangersLimit) return true
    const open = [...this.#open]
    const own = open.filter(connection => connection.address === address)
    if (own.length >= Math.ceil(this.#limit * ONE_ADDRESS)) return this.#closeStrangerFirst(own, address)
    const strangers = open.filter(({ stranger }) => stranger)
    if (strangers.length >= strangersLimit) return this.#closeOne(strangers, address)
    if (open.length < this.#limit) return true
    return this.#closeStrangerFirst(open, address)
  }

  #closeStrangerFirst(connections: readonly Connection[], newcomer: string): boolean {
    const strangers = connections.filter(({ stranger }) => stranger)
    return this.#closeOne(strangers, newcomer) || this.#closeOne(connections, newcomer)
  }

  /**
   * Closes the best candidate for a newcomer from this address. Returns false if none of the connections may
   * be closed.
   */
  #closeOne(connections: readonly Connection[], newcomer: string): boolean {
    const quiet = connections.filter(({ calls }) => calls === 0)
    const counts = new Map([[newcomer, 1]])
    for (const { address } of quiet) counts.set(address, (counts.get(address) ?? 0) + 1)
    const count = ({ address }: Connection) => counts.get(address) as number
    const [victim] = quiet.sort((a, b) => count(b) - count(a) || a.quietSince - b.quietSince)
    if (!victim) return false
    // An address with fewer connections takes a place at once: waiting would give the larger address time to
    // call.
    const isNew = performance.now() - victim.quietSince < NEW
    if (isNew && count(victim) <= (counts.get(newcomer) as number)) return false
    victim.socket.destroy()
    this.#open.delete(victim)
    return true
  }
}
