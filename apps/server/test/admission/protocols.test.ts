import { connect as connectHttp2 } from 'node:http2'
import { request } from 'node:https'
import { connect } from 'node:tls'
import { credentials, status } from '@grpc/grpc-js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readTls } from '../../src/auth/tls.ts'
import { ask } from '../support/http.ts'
import { raw, rawConnection } from '../support/rawHttp1.ts'
import { SETTINGS } from '../support/rawHttp2.ts'
import { authorityFiles, pemFiles } from '../support/secrets.ts'
import { columnSum, connectClient, failureOf, serve, upload } from '../support/server.ts'

describe('in plain text', () => {
  test('one port takes gRPC and HTTP, and both see the same table', async () => {
    const server = await serve()
    await upload(server.client, 'x\n1\n')
    await ask(server, 'POST', '/uploads', { body: 'x\n2\n' })
    expect(await columnSum(server.client, 'x')).toBe(3n)
    expect(JSON.parse((await ask(server, 'GET', '/columns/x/sum')).text).total).toBe('3')
  })

  test('the first bytes may come one at a time', async () => {
    const server = await serve()
    const http = rawConnection(server)
    const text = 'PUT /table HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
    http.socket.setNoDelay()
    for (const byte of text) await new Promise(resolve => http.socket.write(byte, resolve))
    expect(await http.closed).toMatch(/^HTTP\/1.1 405 /)
    const http2 = rawConnection(server)
    http2.socket.setNoDelay()
    const settings = '\0\0\0\x04\0\0\0\0\0'
    for (const byte of `PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n${settings}`)
      await new Promise(resolve => http2.socket.write(byte, 'latin1', resolve))
    const frame = Buffer.from(await http2.until(/^.{9}/s), 'latin1')
    expect(frame[3]).toBe(SETTINGS)
    http2.socket.destroy()
  })

  test('with HTTP off, only gRPC is answered', async () => {
    const server = await serve({ http: 'off' })
    await upload(server.client, 'x\n1\n')
    expect(await raw(server, 'GET /table HTTP/1.1\r\nHost: localhost\r\n\r\n')).not.toContain('HTTP/1.1 2')
    expect(await columnSum(server.client, 'x')).toBe(1n)
  })
})

describe('with TLS', () => {
  async function serveTls(options = {}, clientCa?: string) {
    const authority = authorityFiles()
    const { certFile, keyFile } = pemFiles(authority.issue())
    const tls = readTls({ cert: certFile, key: keyFile, clientCa: clientCa && authority.certFile })
    const server = await serve({ access: { tls, tokens: undefined }, ...options })
    return { ...server, authority }
  }

  /** Returns which protocol the server takes of those that a client offers. */
  function negotiated(port: number, ca: string, ALPNProtocols?: string[]): Promise<string | false | null> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: 'localhost', port, ca, ...(ALPNProtocols && { ALPNProtocols }) })
      socket.once('error', reject)
      socket.once('secureConnect', () => {
        resolve(socket.alpnProtocol)
        socket.destroy()
      })
    })
  }

  function get(options: object, path = '/table', host = 'localhost'): Promise<number | undefined> {
    return new Promise((resolve, reject) => {
      const sent = request(
        { host: 'localhost', servername: 'localhost', path, agent: false, headers: { host }, ...options },
        answer => {
          answer.resume()
          resolve(answer.statusCode)
        },
      )
      sent.once('error', reject).end()
    })
  }

  test('a client that offers h2 alone gets gRPC, every other one HTTP/1.1', async () => {
    const { port, authority } = await serveTls()
    const ca = authority.cert
    expect(await negotiated(port, ca, ['h2'])).toBe('h2')
    expect(await negotiated(port, ca, ['http/1.1'])).toBe('http/1.1')
    expect(await negotiated(port, ca, ['h2', 'http/1.1'])).toBe('http/1.1')
    expect(await negotiated(port, ca)).toBe(false)
    await expect(negotiated(port, ca, ['h3'])).rejects.toThrow()
    const client = connectClient(port, { channel: credentials.createSsl(Buffer.from(ca)) })
    expect(await upload(client, 'x\n5\n')).toBe('')
    expect(await get({ port, ca })).toBe(200)
    // The certificate has proved the name.
    expect(await get({ port, ca }, '/table', 'table.example.com')).toBe(200)
  })

  test('with HTTP off, clients get h2 or nothing', async () => {
    const { port, authority } = await serveTls({ http: 'off' })
    const ca = authority.cert
    expect(await negotiated(port, ca, ['http/1.1', 'h2'])).toBe('h2')
    await expect(negotiated(port, ca, ['http/1.1'])).rejects.toThrow()
    await expect(get({ port, ca })).rejects.toThrow()
  })

  test('HTTP wants the same certificates as gRPC', async () => {
    const { port, authority } = await serveTls({}, 'wanted')
    const ca = authority.cert
    const { cert, key } = authority.issueClient('alice')
    expect(await get({ port, ca, cert, key })).toBe(200)
    const useless = authority.issueClient('alice', [])
    expect(await get({ port, ca, cert: useless.cert, key: useless.key })).toBe(403)
    await expect(get({ port, ca })).rejects.toThrow()
  })

  test('plain text gets nowhere', async () => {
    const { port, authority } = await serveTls()
    expect(await raw({ port }, 'GET /table HTTP/1.1\r\nHost: localhost\r\n\r\n')).not.toContain('HTTP/1.1')
    const session = connectHttp2(`https://localhost:${port}`, { ca: authority.cert })
    onTestFinished(() => session.destroy())
    const plain = connectClient(port)
    expect(await failureOf(columnSum(plain, 'x'))).toMatchObject({ code: status.UNAVAILABLE })
  })
})
