// HTTP/1.1 as no library would speak it.
import { connect, type Socket } from 'node:net'

export interface RawConnection {
  socket: Socket
  write(text: string | Uint8Array): void
  /** Resolves when what has arrived so far fits. */
  until(pattern: RegExp): Promise<string>
  /** Resolves to everything that has arrived when the server has closed the connection. */
  closed: Promise<string>
}

/** Opens a connection that speaks whatever the test wants. */
export function rawConnection({ port }: { port: number }): RawConnection {
  const socket = connect(port, '127.0.0.1')
  let received = ''
  const waiting = new Set<() => void>()
  socket.on('data', bytes => {
    received += bytes.toString('latin1')
    for (const look of waiting) look()
  })
  socket.on('error', () => {}) // the server may reset the connection
  const closed = new Promise<string>(resolve => socket.once('close', () => resolve(received)))
  return {
    socket,
    write: text => void socket.write(text),
    until: pattern =>
      new Promise((resolve, reject) => {
        const look = () => {
          if (!pattern.test(received)) return
          waiting.delete(look)
          resolve(received)
        }
        waiting.add(look)
        look()
        void closed.then(() => reject(new Error(`the connection was closed after ${received}`)))
      }),
    closed,
  }
}

/** Sends bytes on a new connection. Resolves to what comes until the server closes the connection. */
export function raw(server: { port: number }, text: string): Promise<string> {
  const connection = rawConnection(server)
  connection.write(text)
  return connection.closed
}
