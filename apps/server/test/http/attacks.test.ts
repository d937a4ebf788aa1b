// Requests as no library would send them. bench/faults/attacks.ts has the large attacks.
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { ask, metric, openCalls, serveFile } from '../support/http.ts'
import { raw, rawConnection } from '../support/rawHttp1.ts'
import { eventually, serve } from '../support/server.ts'

const server = serveFile({ limits: { idleTime: 1 } })
const HOST = 'Host: localhost\r\n'
const PUT = 'PUT /uploads/0b9c6d3e-5f0a-4c6e-8f57-3f5a2f1d9b42 HTTP/1.1\r\n'
const uploads = async () => JSON.parse((await ask(server, 'GET', '/table')).text).uploads

describe('a request with two meanings is refused, and what follows is not taken for another one', () => {
  const smuggled = 'DELETE /uploads/1 HTTP/1.1\r\nHost: localhost\r\n\r\n'
  test.each([
    ['a length and chunks', 'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n${smuggled}`],
    ['chunks and a length', 'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n', `0\r\n\r\n${smuggled}`],
    ['two lengths', 'Content-Length: 4\r\nContent-Length: 5\r\n', 'x\n1\n'],
    ['a list of lengths', 'Content-Length: 4, 4\r\n', 'x\n1\n'],
    ['a length that is no number', 'Content-Length: +4\r\n', 'x\n1\n'],
    ['a length that is too large', 'Content-Length: 99999999999999999999\r\n', 'x\n1\n'],
    ['another coding after chunks', 'Transfer-Encoding: chunked, identity\r\n', `4\r\nx\n1\n\r\n0\r\n\r\n`],
    ['a coding before chunks', 'Transfer-Encoding: gzip, chunked\r\nConnection: close\r\n', `0\r\n\r\n`],
    ['a space before the colon', 'Transfer-Encoding : chunked\r\n', `0\r\n\r\n`],
    ['a folded header', 'X: a\r\n Transfer-Encoding: chunked\r\n', `0\r\n\r\n`],
    ['a header without CR', 'X: a\nTransfer-Encoding: chunked\r\n', `0\r\n\r\n`],
    ['a chunk whose size is no number', 'Transfer-Encoding: chunked\r\n', `0x4\r\nx\n1\n\r\n0\r\n\r\n`],
    ['a chunk that is longer than its size', 'Transfer-Encoding: chunked\r\n', `2\r\nx\n1\n\r\n0\r\n\r\n`],
  ])('%s', async (_, headers, body) => {
    const answer = await raw(server, `${PUT}${HOST}${headers}\r\n${body}`)
    expect(answer).toMatch(/^HTTP\/1.1 400 Bad Request\r\n/)
    expect(answer).toContain('application/problem+json')
    expect(answer.match(/^HTTP\/1.1 /gm)).toHaveLength(1)
    expect(await uploads()).toBe(0)
  })
})

describe('what is no request is refused with a reason', () => {
  test.each([
    ['headers over 8 KiB', `GET /table HTTP/1.1\r\n${HOST}X: ${'a'.repeat(9000)}\r\n\r\n`, 431],
    ['many headers', `GET /table HTTP/1.1\r\n${HOST}Connection: close\r\n${'X: a\r\n'.repeat(63)}\r\n`, 431],
    [
      'very many headers',
      `GET /table HTTP/1.1\r\n${HOST}Connection: close\r\n${'X:\r\n'.repeat(8000)}\r\n`,
      431,
    ],
    ['a long path', `GET /${'a'.repeat(9000)} HTTP/1.1\r\n${HOST}\r\n`, 431],
    ['a handshake of TLS', '\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03', 400],
    ['no HTTP', 'SELECT 1;\r\n\r\n', 400],
    ['another version', 'GET / HTTP/3.0\r\n\r\n', 400],
  ])('%s', async (_, text, status) => {
    const answer = await raw(server, text)
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `))
    expect(answer).toContain('nosniff')
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '').status).toBe(status)
  })
})

describe('a client that is slow loses its connection', () => {
  test('with half a request line', async () => {
    expect(await raw(server, 'GET /ta')).toBe('')
  })

  test('with headers that come one by one, also in its second request', async () => {
    const connection = rawConnection(server)
    connection.write(`GET /readyz HTTP/1.1\r\n${HOST}\r\n`)
    await connection.until(/ready\n/)
    const drip = setInterval(() => connection.write('X: a\r\n'), 50)
    connection.write('GET /readyz HTTP/1.1\r\n')
    expect(await connection.closed).toMatch(/ready\n$/)
    clearInterval(drip)
  })

  test('without a second request', async () => {
    expect(await raw(server, `GET /readyz HTTP/1.1\r\n${HOST}\r\n`)).toMatch(/ready\n$/)
  })

  test('with a body that stops, and is told so', async () => {
    const answer = await raw(server, `${PUT}${HOST}Content-Length: 9\r\n\r\nx\n1`)
    expect(answer).toMatch(/^HTTP\/1.1 408 /)
    expect(answer).toContain('waited for 1 s for the client, which sent 3 bytes')
    expect(await uploads()).toBe(0)
  })
})

describe('a body that is not wanted', () => {
  const length = 'Content-Length: 100000000\r\n'
  test('is not asked for', async () => {
    const expecting = 'PUT /uploads/x HTTP/1.1\r\nExpect: 100-continue\r\n'
    expect(await raw(server, `${expecting}${HOST}${length}\r\n`)).toMatch(/^HTTP\/1.1 400 .*expected a UUID/s)
  })

  test('is taken for a while, so that the client reads why', async () => {
    const connection = rawConnection(server)
    connection.write(`PUT /uploads/x HTTP/1.1\r\n${HOST}Content-Length: 300000\r\n\r\n`)
    await connection.until(/expected a UUID/)
    for (let i = 0; i < 10; i++) connection.write(Buffer.alloc(30_000))
    expect(await connection.closed).toMatch(/^HTTP\/1.1 400 .*connection: close/s)
  })

  test('in tiny chunks is refused', async () => {
    const connection = rawConnection(server)
    connection.write(`${PUT}${HOST}Transfer-Encoding: chunked\r\n\r\n${'1\r\nx\r\n'.repeat(1000)}`)
    expect(await connection.until(/pieces of 1 bytes/)).toMatch(/^HTTP\/1.1 413 /)
    connection.socket.destroy()
  })
})

test('requests that come at once are answered in order, but only some of them', async () => {
  const connection = rawConnection(server)
  const request = (path: string) => `GET ${path} HTTP/1.1\r\n${HOST}\r\n`
  connection.write(request('/readyz') + request('/columns/x/sum') + request('/table') + request('/none'))
  const answers = await connection.until(/no \/none/)
  expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual([200, 200, 200, 404].map(status => `HTTP/1.1 ${status}`))
  expect(await raw(server, request('/table').repeat(1000))).toBe('')
})

test('a client that vanishes in the middle of its upload leaves nothing', async () => {
  const connection = rawConnection(server)
  connection.write(`${PUT}${HOST}Expect: 100-continue\r\nContent-Length: 9\r\n\r\n`)
  await connection.until(/100 Continue/)
  connection.socket.end('x\n1\n')
  await connection.closed
  expect(await uploads()).toBe(0)
})

test('a client that ends its side after the request gets its answer', async () => {
  const connection = rawConnection(server)
  connection.socket.end(`GET /columns/x/sum HTTP/1.1\r\n${HOST}\r\n`.repeat(2))
  const answers = await connection.closed
  expect(answers.match(/HTTP\/1.1 \d+/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200'])
  expect(answers).toMatch(/"total":"0"}$/)
})

test('a client that ends its side and may be gone does not keep its query running', async () => {
  const sql = 'SELECT sum(i * j) FROM range(10000000) t(i), range(1000000) u(j)'
  const underWay = () => metric(server, 'table_queries_under_way')
  const connection = rawConnection(server)
  connection.write(`POST /query HTTP/1.1\r\n${HOST}Content-Length: ${sql.length}\r\n\r\n${sql}`)
  await eventually(async () => expect(await underWay()).toBe(1))
  connection.socket.end()
  expect(await connection.closed).toBe('')
  await eventually(async () => expect(await underWay()).toBe(0))
})

test('128 small bodies are read at once; the one that is the slowest makes room', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { port } = await serve({ limits: { idleTime: 60 } })
  const half = `POST /query HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\nSEL`
  const slowest = rawConnection({ port })
  slowest.write(half)
  await openCalls({ port }, 1)
  vi.advanceTimersByTime(500)
  const others = Array.from({ length: 127 }, () => rawConnection({ port }))
  for (const connection of others) connection.write(half)
  await openCalls({ port }, 128)
  const asked = () => ask({ port }, 'POST', '/query', { body: 'SELECT 1' })
  expect(JSON.parse((await asked()).text)).toMatchObject({
    status: 503,
    detail: '128 requests are under way, at most 128 are allowed: try again later',
  })
  vi.advanceTimersByTime(501)
  expect((await asked()).status).toBe(200)
  expect(await slowest.until(/slowest/)).toMatch(/^HTTP\/1.1 503 .*gave up this request/s)
  for (const connection of [slowest, ...others]) connection.socket.destroy()
})
