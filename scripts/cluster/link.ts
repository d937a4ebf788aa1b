import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { Part } from './part.ts'

/** A network cable to a part: a TCP proxy that counts bytes, and that can be cut. */
export class Link {
  /** The bytes that have come from the part, and that have gone to it. */
  received = 0
  sent = 0
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  #cut = false

  private constructor(target: number) {
    this.#server = createServer(client => this.#join(client, connect(target, '127.0.0.1')))
  }

  /** Makes a link to the port of a part. */
  static async to({ port }: Pick<Part, 'port'>): Promise<Link> {
    const link = new Link(port)
    link.#server.listen(0, '127.0.0.1')
    await once(link.#server, 'listening')
    return link
  }

  get port(): number {
    const address = this.#server.address()
    if (address === null || typeof address === 'string') throw new Error('the link is closed')
    return address.port
  }

  /** Stops forwarding, in both directions and without closing a connection, as an unplugged cable does. */
  cut(): void {
    this.#cut = true
    for (const socket of this.#sockets) socket.pause()
  }

  /** Forwards again. */
  mend(): void {
    this.#cut = false
    for (const socket of this.#sockets) socket.resume()
  }

  close(): void {
    this.#server.close()
    for (const socket of this.#sockets) socket.destroy()
  }

  #join(client: Socket, part: Socket): void {
    this.#forward(client, part, bytes => {
      this.sent += bytes
    })
    this.#forward(part, client, bytes => {
      this.received += bytes
    })
  }

  #forward(from: Socket, to: Socket, count: (bytes: number) => void): void {
    this.#sockets.add(from)
    from.on('data', data => {
      count(data.length)
      if (to.write(data)) return
      from.pause()
      to.once('drain', () => this.#cut || from.resume())
    })
    from.on('end', () => to.end())
    from.on('error', () => to.destroy())
    from.on('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
    if (this.#cut) from.pause()
  }
}
