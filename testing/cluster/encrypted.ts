import { once } from 'node:events'
import { type AddressInfo, connect } from 'node:net'
import { createServer } from 'node:tls'
import { onTestFinished } from 'vitest'

/** Puts TLS in front of a part until the test ends, as a load balancer does. Returns the port. */
export async function encrypted(
  port: number,
  certificate: { cert: string; key: string },
  protocol: 'h2' | 'http/1.1',
): Promise<number> {
  const server = createServer({ ...certificate, ALPNProtocols: [protocol] }, socket => {
    const plain = connect(port, '127.0.0.1')
    socket.pipe(plain).pipe(socket)
    socket.on('error', () => plain.destroy())
    plain.on('error', () => socket.destroy())
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
