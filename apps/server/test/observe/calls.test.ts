import { randomUUID } from 'node:crypto'
import { Metadata } from '@grpc/grpc-js'
import { beforeAll, describe, expect, test } from 'vitest'
import { ask } from '../support/http.ts'
import { type LogLine, linesOf, type ServerProcess, spawnServer } from '../support/process.ts'
import { raw, rawConnection } from '../support/rawHttp1.ts'
import { authorityFiles, pemFiles, tokenFile } from '../support/secrets.ts'
import {
  columnSum,
  connectClient,
  eventually,
  failureOf,
  newDirectories,
  uploaded,
} from '../support/server.ts'

const newDirectory = newDirectories()
const CSV = 'x,y\n1,2\n3,4\n'

describe('each call has a line', () => {
  let server: ServerProcess
  let port: number
  let stderr = ''
  beforeAll(async () => {
    server = spawnServer({ env: { TABLE_LOG_LEVEL: 'info' }, dataDir: newDirectory(), forFile: true })
    server.child.stderr?.on('data', text => {
      stderr += text
    })
    ;({ port } = await server.ready)
  })

  /** Resolves to the line of the call with this request id. */
  const lineOf = (id: string): Promise<LogLine> =>
    eventually(() => {
      const whole = stderr.slice(0, stderr.lastIndexOf('\n') + 1)
      const line = linesOf(whole).find(found => found.request_id === id)
      if (!line) throw new Error(`no line of ${id} in ${whole}`)
      return line
    })

  /** Makes a call with an id of its own. Resolves to its line. */
  async function lineAfter(call: (headers: Record<string, string>, metadata: Metadata) => Promise<unknown>) {
    const id = randomUUID()
    const metadata = new Metadata()
    metadata.set('x-request-id', id)
    await call({ 'x-request-id': id }, metadata)
    return lineOf(id)
  }

  test('of both transports, with what was stored', async () => {
    const overGrpc = await lineAfter((_, metadata) => uploaded(connectClient(port), CSV, {}, metadata))
    const overHttp = await lineAfter(headers => ask({ port }, 'POST', '/uploads', { headers, body: CSV }))
    const stored = { level: 'info', msg: 'call', rows: 2, bytes: CSV.length, code: 'ok' }
    expect(overGrpc).toMatchObject({ ...stored, method: '/Table/Upload' })
    expect(overHttp).toMatchObject({
      ...stored,
      method: 'POST /uploads',
      upload: Number(overGrpc.upload) + 1,
    })
    for (const { peer, ms } of [overGrpc, overHttp]) {
      expect(peer).toMatch(/^127\.0\.0\.1:\d+$/)
      expect(ms).toBeGreaterThan(0)
    }
  })

  test('with the bytes of a download', async () => {
    await uploaded(connectClient(port), CSV)
    expect(await lineAfter(headers => ask({ port }, 'GET', '/uploads/1.csv', { headers }))).toMatchObject({
      code: 'ok',
      bytes: CSV.length,
    })
  })

  test('with the reason if it fails, and the method of an unknown path is no text of the client', async () => {
    const refused = await lineAfter((_, metadata) => uploaded(connectClient(port), 'x\n"1\n', {}, metadata))
    expect(refused).toMatchObject({
      code: 'invalid-data',
      reason: expect.stringMatching(/^line 2, column 1/),
    })
    const lost = await lineAfter(headers => ask({ port }, 'GET', `/${'a'.repeat(999)}`, { headers }))
    expect(lost).toMatchObject({ method: 'unknown', code: 'not-found' })
    expect(String(lost.reason).length).toBeLessThanOrEqual(201)
  })

  test('if the client goes away before the answer', async () => {
    const id = randomUUID()
    const connection = rawConnection({ port })
    connection.write(
      `POST /uploads HTTP/1.1\r\nHost: localhost\r\nX-Request-Id: ${id}\r\nContent-Length: 9\r\n\r\nx\n`,
    )
    await eventually(async () =>
      expect((await ask({ port }, 'GET', '/metrics')).text).toContain('table_uploads_under_way 1'),
    )
    connection.socket.destroy()
    expect(await lineOf(id)).toMatchObject({
      method: 'POST /uploads',
      code: 'cancelled',
      reason: 'the client went away before the end of the body',
    })
  })

  test('and what is no HTTP has one', async () => {
    await raw({ port }, 'nonsense\r\n\r\n')
    await eventually(() => expect(stderr).toMatch(/"method":"unknown".*"the request is not HTTP\/1.1/))
  })

  test('with the trace of its client, and a foreign id that fits into a line', async () => {
    const trace = '0af7651916cd43dd8448eb211c80319c'
    const line = await lineAfter(headers =>
      ask({ port }, 'GET', '/table', {
        headers: { ...headers, traceparent: `00-${trace}-b7ad6b7169203331-01` },
      }),
    )
    expect(line.trace_id).toBe(trace)
    const { headers } = await ask({ port }, 'GET', '/table', {
      headers: { 'x-request-id': 'a'.repeat(65), traceparent: 'nonsense' },
    })
    const own = String(headers['x-request-id'])
    expect(own).toMatch(/^[\da-f-]{36}$/)
    expect(await lineOf(own)).not.toHaveProperty('trace_id')
  })

  test('but probes have none', async () => {
    for (const path of ['/healthz', '/readyz', '/metrics']) await ask({ port }, 'GET', path)
    await lineAfter(headers => ask({ port }, 'GET', '/table', { headers }))
    expect(stderr).not.toMatch(/\/healthz|\/readyz|GET \/metrics/)
  })

  test('and a stop says what it waits for', async () => {
    const connection = rawConnection({ port })
    connection.write('POST /uploads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nx\n')
    await eventually(async () =>
      expect((await ask({ port }, 'GET', '/metrics')).text).toContain('table_uploads_under_way 1'),
    )
    server.child.kill()
    await eventually(() => expect(stderr).toContain('"methods":{"POST /uploads":1}'))
    connection.write('1\n')
    expect(await connection.closed).toContain('HTTP/1.1 201')
    expect(await server.exited).toMatchObject({ code: 0 })
    const messages = linesOf(stderr).map(({ msg }) => msg)
    expect(messages[0]).toBe('the server starts')
    expect(messages.at(-1)).toBe('the server has stopped')
    expect(linesOf(stderr)[0]).toMatchObject({
      version: '1.0.0',
      uploads: 0,
      access: 'plain text, everybody',
    })
  })
})

test('the start says who may connect and who may call', async () => {
  const authority = authorityFiles()
  const { certFile, keyFile } = pemFiles(authority.issue())
  const server = spawnServer({
    env: {
      TABLE_LOG_LEVEL: 'info',
      TABLE_TLS_CERT: certFile,
      TABLE_TLS_KEY: keyFile,
      TABLE_TLS_CLIENT_CA: authority.certFile,
      TABLE_TOKEN_FILE: tokenFile(),
      TABLE_ALLOW_ORIGIN: 'https://app.example.com',
    },
  })
  const { port } = await server.ready
  server.child.kill()
  expect(linesOf((await server.exited).stderr)[0]).toMatchObject({
    msg: 'the server starts',
    access: 'TLS, everybody with a certificate and with a token',
    allow_origin: ['https://app.example.com'],
    data_dir: server.dataDir,
    port,
    workers: 1,
  })
})

test('no token is in the log', async () => {
  const server = spawnServer({ env: { TABLE_LOG_LEVEL: 'debug', TABLE_TOKEN_FILE: tokenFile() } })
  const { port } = await server.ready
  expect(await columnSum(connectClient(port, { token: 'reader' }), 'x')).toBe(0n)
  await failureOf(columnSum(connectClient(port, { token: 'secret-guess' }), 'x'))
  await ask({ port }, 'GET', '/table', { headers: { authorization: 'Bearer secret-guess' } })
  server.child.kill()
  const { stderr } = await server.exited
  expect(linesOf(stderr).filter(({ code }) => code === 'unauthenticated')).toHaveLength(2)
  expect(stderr).not.toMatch(/secret-guess|Bearer reader/)
})
