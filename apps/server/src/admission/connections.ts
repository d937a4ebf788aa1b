import type { Socket } from 'node:net'
import { networkOf } from './network.ts'

/** A connection that has been without calls for less than this is left alone, in ms: it may be about to call. */
const NEW = 1000
/** How long a connection may be open before its first call, in ms: TLS and HTTP/2 begin with it, and a client that may not call ends. */
const FIRST_CALL = 60_000
/** Strangers, which have not called yet, get this part of the places. The others are for those that have. */
const STRANGERS = 1 / 2
/** One address gets this part of the places. A proxy makes all clients come from one, so what is left to others is small. */
const ONE_ADDRESS = 7 / 8

interface Connection {
  socket: Socket
  address: string
  /** Under way. */
  calls: number
  /** Whether a call of it has not been admitted yet. */
  stranger: boolean
  /** Since when it has no calls. */
  quietSince: number
}

/**
 * The open connections. When there are too many, one without calls makes room for a new one: of the address that has the most of them
 * the one that has been quiet for longest. A connection with a call under way is never closed for another one.
 */
export class Connections {
  readonly #limit: number
  readonly #open = new Set<Connection>()
  readonly #byPeer = new Map<string, Connection>()

  constructor(limit: number) {
    this.#limit = limit
  }

  /** Returns false if there is no room: the socket is closed then. */
  add(socket: Socket): boolean {
    const address = networkOf(socket.remoteAddress)
    if (!this.#makeRoom(address)) {
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
   * Does the work for a call that was admitted, and keeps its connection until that is done. To be called when the request is whole, or
   * if there is a limit of its own for those that are not: calls that only wait for their clients must not take all places. `peer` is
   * the client's address, a colon and its port, with TLS too.
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

  /** Whether a connection from this address may come, and if another one has to go for it, closes that one. */
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

  /** Returns false if none of them may be closed for a connection from this address. */
  #closeOne(connections: readonly Connection[], newcomer: string): boolean {
    const quiet = connections.filter(({ calls }) => calls === 0)
    const counts = new Map([[newcomer, 1]])
    for (const { address } of quiet) counts.set(address, (counts.get(address) ?? 0) + 1)
    const count = ({ address }: Connection) => counts.get(address) as number
    const [victim] = quiet.sort((a, b) => count(b) - count(a) || a.quietSince - b.quietSince)
    if (!victim) return false
    // Who has fewer connections does not wait until those of another address have been given their time.
    const isNew = performance.now() - victim.quietSince < NEW
    if (isNew && count(victim) <= (counts.get(newcomer) as number)) return false
    victim.socket.destroy()
    this.#open.delete(victim)
    return true
  }
}
