import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { createServer, getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createAuthority } from '../../../../../apps/server/test/support/certificates.ts'
import { parts } from '../../../../../testing/cluster/shared.ts'
import { SparkConnect } from '../../../src/engine/sparkConnect.ts'

const never = new AbortController().signal
const authority = createAuthority()

/** Puts TLS in front of the engine, as a load balancer does. Returns the port. */
async function encrypted(): Promise<number> {
  const server = createServer({ ...authority.issue(), ALPNProtocols: ['h2'] }, socket => {
    const plain = connect(parts.enginePort, '127.0.0.1')
    socket.pipe(plain).pipe(socket)
    socket.on('error', () => plain.destroy())
    plain.on('error', () => socket.destroy())
  }).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

function engineAt(address: string): SparkConnect {
  const engine = new SparkConnect(address)
  onTestFinished(() => engine.close())
  return engine
}

test('an engine behind TLS answers if its certificate is trusted', async () => {
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, authority.cert])
  onTestFinished(() => setDefaultCACertificates(trusted))
  const address = `sc://localhost:${await encrypted()}/;use_ssl=true;token=secret`
  expect(await engineAt(address).version(never)).toMatch(/^(Sail|Spark) /)
})

test('an engine whose certificate is not trusted is not asked, and no secret is logged', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => log.mockRestore())
  const address = `sc://localhost:${await encrypted()}/;use_ssl=true;token=secret`
  await expect(engineAt(address).version(never)).rejects.toMatchObject({ code: 'unavailable' })
  expect(log).toHaveBeenCalledWith(expect.stringContaining('certificate'))
  expect(log).not.toHaveBeenCalledWith(expect.stringContaining('secret'))
})
