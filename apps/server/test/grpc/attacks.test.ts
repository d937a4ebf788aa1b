// What a client could do to the server's memory with few bytes, on a small scale. bench/faults/attacks.ts has
// the large attacks.
import { once } from 'node:events'
import { constants } from 'node:http2'
import { deflateSync, gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import { ColSumReq } from '@table/proto'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { holdAnswer, releaseAnswer } from '../../src/admission/untaken.ts'
import { openAccess } from '../../src/auth/access.ts'
import { readTls } from '../../src/auth/tls.ts'
import { TokenFile } from '../../src/auth/tokenFile.ts'
import { ask, openCalls } from '../support/http.ts'
import { rawConnection as httpConnection } from '../support/rawHttp1.ts'
import {
  ACK,
  DATA,
  END_HEADERS,
  END_STREAM,
  GOAWAY,
  HEADERS,
  frame as http2Frame,
  literal,
  NEWEST,
  PING,
  type RawConnection,
  RST_STREAM,
  rawConnection,
  requestHeaders,
  SETTINGS,
  setting,
} from '../support/rawHttp2.ts'
import { authorityFiles, pemFiles, tokenFile } from '../support/secrets.ts'
import {
  called,
  columnSum,
  eventually,
  failureOf,
  frame,
  rawCall,
  rawSession,
  serve,
  upload,
  uploaded,
  uploadMessage,
} from '../support/server.ts'

const paths = ['/Table/Upload', '/Table/ColSum']
const sum = (column: string, format = 'csv') => ColSumReq.encode({ column, format }).finish()
/** Returns the numbers of a client's first `count` streams. */
const streams = (count: number) => Array.from({ length: count }, (_, i) => 2 * i + 1)

/** Returns the codes with which the server reset streams, by stream. */
function resets({ frames }: RawConnection): Map<number, number> {
  const found = frames.filter(({ type }) => type === RST_STREAM)
  return new Map(found.map(({ stream, payload }) => [stream, payload.readUInt32BE(0)]))
}

const endedWith = (code: number) => (f: { type: number; payload: Buffer }) =>
  f.type === GOAWAY && f.payload.readUInt32BE(4) === code

describe('headers', () => {
  const long = 'a'.repeat(3900)
  const request = (i: number, references: number) =>
    Buffer.concat([
      requestHeaders('/Table/ColSum'),
      i === 0 ? literal('x', long, true) : NEWEST,
      ...Array.from({ length: references - 1 }, () => NEWEST),
    ])
  const attack = (references: number) =>
    Buffer.concat(
      streams(100).map((stream, i) => http2Frame(HEADERS, END_HEADERS, stream, request(i, references))),
    )

  async function serveWithSecrets() {
    const authority = authorityFiles()
    const { certFile, keyFile } = pemFiles(authority.issue())
    const tls = readTls({ cert: certFile, key: keyFile })
    const { port } = await serve({ access: { tls, tokens: new TokenFile(tokenFile()) } })
    return { port, ca: authority.cert }
  }

  test.each([
    ['over 8 KiB, by references to one header', 15],
    ['without a token', 1],
  ])('calls with headers %s are refused and reset, each', async (_what, references) => {
    const { port, ca } = await serveWithSecrets()
    const connection = rawConnection(port, { ca })
    connection.socket.write(attack(references))
    await eventually(() => expect([...resets(connection).keys()].sort((a, b) => a - b)).toEqual(streams(100)))
    const answered = connection.frames.filter(f => f.type === HEADERS && (f.flags & END_STREAM) !== 0)
    const { NGHTTP2_NO_ERROR, NGHTTP2_ENHANCE_YOUR_CALM } = constants
    // The memory of a connection is limited too: above its limit Node resets a stream before our code sees
    // it.
    const calm = [...resets(connection).values()].filter(code => code !== NGHTTP2_NO_ERROR)
    expect(calm).toEqual(new Array(100 - answered.length).fill(NGHTTP2_ENHANCE_YOUR_CALM))
    if (references === 1) expect(calm).toEqual([])
  })

  test('if a client has confirmed the limit, Node resets its streams before our code sees them', async () => {
    const { port, ca } = await serveWithSecrets()
    const connection = rawConnection(port, { ca })
    const limits = await connection.received(({ type, flags }) => type === SETTINGS && flags === 0)
    const ids = Array.from({ length: limits.payload.length / 6 }, (_, i) =>
      limits.payload.readUInt16BE(6 * i),
    )
    const maxHeaderListSize = limits.payload.readUInt32BE(6 * ids.indexOf(6) + 2)
    expect(maxHeaderListSize).toBe(8192)
    connection.socket.write(Buffer.concat([http2Frame(SETTINGS, ACK, 0), attack(15)]))
    const calm = constants.NGHTTP2_ENHANCE_YOUR_CALM
    await eventually(() => expect(resets(connection)).toEqual(new Map(streams(100).map(id => [id, calm]))))
  })

  test('metadata of 8 KiB is refused with both numbers, a little less is not', async () => {
    const { port } = await serve()
    const send = (bytes: number) => {
      const headers = Buffer.concat([requestHeaders('/Table/ColSum'), literal('x', 'a'.repeat(bytes))])
      const body = http2Frame(DATA, END_STREAM, 1, frame(sum('x')))
      const connection = rawConnection(port)
      connection.socket.write(Buffer.concat([http2Frame(HEADERS, END_HEADERS, 1, headers), body]))
      return connection.received(({ type, flags }) => type === HEADERS && (flags & END_STREAM) !== 0)
    }
    // The answer to a sum is a message and its trailers; a refusal has a sentence in its headers.
    expect((await send(7800)).payload.length).toBeLessThan(30)
    expect((await send(7900)).payload.length).toBeGreaterThan(60)
  })
})

describe('a finished call is reset, whatever it was:', () => {
  test.each([
    ['of no method', '/Table/No', {}],
    ['of no service', '/', {}],
    ['that is not gRPC', '/Table/ColSum', { 'content-type': 'text/plain' }],
    ['with a deadline that cannot be read', '/Table/ColSum', { 'grpc-timeout': 'soon' }],
    ['with a deadline that has passed', '/Table/ColSum', { 'grpc-timeout': '1n' }],
    ['without a token', '/Table/ColSum', {}],
    ['with an upload-id that is none', '/Table/Upload', { 'upload-id': 'x', authorization: 'Bearer both' }],
  ])('a half-sent call %s', async (_what, path, headers) => {
    const { port } = await serve({ access: { ...openAccess, tokens: new TokenFile(tokenFile()) } })
    const session = rawSession(port)
    const stream = session.request({
      ':method': 'POST',
      ':path': path,
      'content-type': 'application/grpc',
      ...headers,
    })
    stream.on('error', () => {}).resume()
    stream.write(frame(sum('x')).subarray(0, 7))
    await once(stream, 'close')
    expect(stream.rstCode).toBe(constants.NGHTTP2_NO_ERROR)
  })
})

describe('messages that are not uploads', () => {
  const large = sum('x', 'f'.repeat(65_600))
  const unpacks = /^the message of \d+ bytes unpacks to more than 65536 bytes, at most 65536 are allowed/
  test.each<[string, Record<string, string>, Uint8Array, RegExp]>([
    ['as it is', {}, frame(large), /^the message has 65607 bytes, at most 65536 are allowed: ask for less/],
    ['when gzip is unpacked', { 'grpc-encoding': 'gzip' }, frame(gzipSync(large), 1), unpacks],
    ['when deflate is unpacked', { 'grpc-encoding': 'deflate' }, frame(deflateSync(large), 1), unpacks],
  ])('one over 64 KiB %s is refused', async (_when, headers, bytes, words) => {
    const { port } = await serve()
    const call = rawCall(rawSession(port), '/Table/ColSum', headers)
    await call.write(bytes)
    call.end()
    expect(await call.answer).toMatchObject({
      code: status.RESOURCE_EXHAUSTED,
      message: expect.stringMatching(words),
    })
  })

  test('requests in memory take at most 16 MiB, then further requests are refused', async () => {
    const { port, client } = await serve()
    const sessions = Array.from({ length: 4 }, () => rawSession(port))
    const half = frame(sum('x', 'f'.repeat(60_000))).subarray(0, 60_000)
    const calls = sessions.flatMap(session =>
      Array.from({ length: 75 }, () => rawCall(session, '/Table/ColSum')),
    )
    for (const call of calls) void call.write(half)
    expect(await Promise.any(calls.map(call => call.answer))).toMatchObject({
      code: status.UNAVAILABLE,
      message: expect.stringMatching(
        /^the requests under way take 16\d+ bytes, at most 16777216 are allowed/,
      ),
    })
    expect(await columnSum(client, 'x')).toBe(0n)
    for (const session of sessions) session.destroy()
  })

  test.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
  ])('one that is packed with %s is answered, one that is damaged is refused', async (encoding, pack) => {
    const { port } = await serve()
    const send = (bytes: Uint8Array) => {
      const call = rawCall(rawSession(port), '/Table/ColSum', { 'grpc-encoding': encoding })
      void call.write(frame(bytes, 1))
      call.end()
      return call.answer
    }
    expect((await send(pack(sum('x')))).code).toBe(status.OK)
    expect(await send(sum('x'))).toMatchObject({
      code: status.INVALID_ARGUMENT,
      message: expect.stringContaining(`is not ${encoding} data`),
    })
  })

  test('a message that cannot be decoded is refused with a reason', async () => {
    const { port } = await serve()
    const call = rawCall(rawSession(port), '/Table/ColSum')
    await call.write(frame(Buffer.of(0x0a, 0x7f)))
    call.end()
    expect(await call.answer).toMatchObject({
      code: status.INVALID_ARGUMENT,
      message: expect.stringMatching(/^the message of 2 bytes is not what the method takes/),
    })
  })
})

test.each(paths)('a request to %s of one byte a frame is refused after 64 frames', async path => {
  const { port } = await serve()
  const connection = rawConnection(port)
  const message = frame(uploadMessage(`x\n${'1\n'.repeat(500)}`))
  connection.socket.write(
    Buffer.concat([
      http2Frame(HEADERS, END_HEADERS, 1, requestHeaders(path)),
      ...Array.from(message, byte => http2Frame(DATA, 0, 1, Buffer.of(byte))),
    ]),
  )
  await connection.received(({ type, stream }) => type === RST_STREAM && stream === 1)
  expect(resets(connection)).toEqual(new Map([[1, constants.NGHTTP2_NO_ERROR]]))
})

test('errors repeat 200 characters of what was sent', async () => {
  const { client, port } = await serve()
  const long = 'f'.repeat(30_000)
  const cut = `${'f'.repeat(200)}…`
  await expect(columnSum(client, 'x', long)).rejects.toThrow(
    `found the format "${cut}", expected "csv" or "parquet"`,
  )
  expect(await upload(client, `${long}\ntext\n`)).toBe('')
  await expect(columnSum(client, long)).rejects.toThrow(`column "${cut}" is text in upload`)
  const latin1 = Buffer.from(`${long}\ncaf\xe9\n`, 'latin1')
  expect(await upload(client, latin1)).toContain(`column "${cut}": found bytes that are not UTF-8`)
  const packed = rawCall(rawSession(port), '/Table/ColSum', { 'grpc-encoding': 'f'.repeat(5000) })
  await packed.write(frame(sum('x'), 1))
  packed.end()
  expect((await packed.answer).message).toContain(`compressed with ${cut}, expected`)
  const unknown = rawCall(rawSession(port), `/${long.slice(0, 5000)}`)
  expect((await unknown.answer).message).toBe(`the server does not implement the method /${cut.slice(1)}`)
})

test('a large answer is refused while too many wait for their clients, unless it tells of a change', async () => {
  const { client } = await serve()
  holdAnswer(2 ** 25, true)
  const release = () => releaseAnswer(2 ** 25)
  const wide = Array.from({ length: 1000 }, (_, i) => `${'c'.repeat(100)}${i}`)
  const { error, columns } = await uploaded(client, `${wide}\n${wide.map(() => 1)}\n`)
  expect([error, columns.length]).toEqual(['', wide.length])
  const described = () => called(client, client.describe, {})
  const refused = await failureOf(described()).finally(release)
  expect(refused).toMatchObject({
    code: status.UNAVAILABLE,
    details: expect.stringMatching(/^answers of 33\d+ bytes wait for their clients, at most 33554432 are/),
  })
  expect((await described()).columns).toHaveLength(wide.length)
})

describe('time', () => {
  test.each([
    ['is silent', { idleTime: 10 }, /^waited for 10 s for the client, which sent 7 bytes/],
    ['is not done', { callTime: 10 }, /^the call was not done after 10 s/],
  ])('ends a half-sent sum whose client %s', async (_what, limits, message) => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { port } = await serve({ limits })
    const session = rawSession(port)
    const call = rawCall(session, '/Table/ColSum')
    await call.write(frame(sum('x')).subarray(0, 7))
    await new Promise<void>(resolve => session.ping(() => resolve()))
    const passing = setInterval(() => vi.advanceTimersByTime(2000), 1)
    const answer = await call.answer.finally(() => clearInterval(passing))
    expect(answer).toMatchObject({
      code: status.DEADLINE_EXCEEDED,
      message: expect.stringMatching(message),
    })
  })

  test('ends the connection of a client that does not take its answers', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const { port, client } = await serve({ limits: { idleTime: 10 } })
    const connection = rawConnection(port, { first: setting(4, 0) })
    connection.socket.write(
      Buffer.concat(
        streams(100).flatMap(stream => [
          http2Frame(HEADERS, END_HEADERS, stream, requestHeaders('/Table/ColSum')),
          http2Frame(DATA, END_STREAM, stream, frame(sum('x'))),
        ]),
      ),
    )
    // Do not wait with `eventually`, which would move the clock.
    const answers = () => connection.frames.filter(({ type }) => type === HEADERS).length
    await connection.received(() => answers() === 100)
    await vi.advanceTimersByTimeAsync(9000)
    expect(await columnSum(client, 'x')).toBe(0n)
    expect(connection.frames.some(({ type }) => type === GOAWAY)).toBe(false)
    await vi.advanceTimersByTimeAsync(1000)
    await connection.received(endedWith(constants.NGHTTP2_ENHANCE_YOUR_CALM))
    await connection.closed
  })
})

test('2048 calls of both transports are open at once; the connection that keeps most of them waiting makes room', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const { port, client } = await serve()
  const half = (stream: number) =>
    Buffer.concat([
      http2Frame(HEADERS, END_HEADERS, stream, requestHeaders('/Table/ColSum')),
      http2Frame(DATA, 0, stream, frame(sum('x')).subarray(0, 7)),
    ])
  const http = httpConnection({ port })
  const sql = 'SELECT count(*) FROM range(1_000_000_000_000)'
  const get = 'GET /table HTTP/1.1\r\nHost: localhost\r\n'
  http.write(`POST /query HTTP/1.1\r\nHost: localhost\r\nContent-Length: ${sql.length}\r\n\r\n${sql}`)
  await openCalls({ port }, 1)
  const counts = [...new Array(20).fill(100), 47]
  const connections = counts.map(count => {
    const connection = rawConnection(port)
    connection.socket.write(
      Buffer.concat([...streams(count).map(half), http2Frame(PING, 0, 0, Buffer.alloc(8))]),
    )
    return connection
  })
  for (const { received } of connections) await received(({ type }) => type === PING)
  expect(await failureOf(columnSum(client, 'x'))).toMatchObject({
    code: status.UNAVAILABLE,
    details: 'Stream refused by server',
  })
  const { status: code, headers, text } = await ask({ port }, 'GET', '/table')
  expect([code, headers.connection, headers['retry-after']]).toEqual([503, 'close', '1'])
  expect(JSON.parse(text)).toMatchObject({
    code: 'unavailable',
    detail: 'too many requests are under way: try again later',
  })
  // A request behind another one cannot be answered before that one is.
  http.write(`${get}\r\n`)
  expect(await http.closed).toBe('')
  await openCalls({ port }, 2047)
  const last = rawConnection(port)
  last.socket.write(Buffer.concat([half(1), http2Frame(PING, 0, 0, Buffer.alloc(8))]))
  await last.received(({ type }) => type === PING)
  vi.advanceTimersByTime(1001)
  expect((await ask({ port }, 'GET', '/table')).status).toBe(200)
  const ended = () =>
    connections.filter(({ frames }) => frames.some(endedWith(constants.NGHTTP2_ENHANCE_YOUR_CALM)))
  await eventually(() => expect(ended()).toHaveLength(1))
  await ended()[0]?.closed
})

test('an address that keeps breaking calls off is refused for a while, and other addresses are served', async () => {
  const { port, client } = await serve()
  const rapid = Buffer.concat(
    streams(150).flatMap(stream => [
      http2Frame(HEADERS, END_HEADERS, stream, requestHeaders('/Table/ColSum')),
      http2Frame(RST_STREAM, 0, stream, Buffer.of(0, 0, 0, constants.NGHTTP2_CANCEL)),
    ]),
  )
  let connections = 0
  for (; connections < 50; connections++) {
    const connection = rawConnection(port, { localAddress: '127.0.0.2' })
    connection.socket.write(rapid)
    const served = await connection
      .received(({ type }) => type === SETTINGS)
      .then(
        () => true,
        () => false,
      )
    connection.socket.destroy()
    await connection.closed
    if (!served) break
  }
  // The address has used up its 1000 resets and those that it got back meanwhile.
  expect(connections).toBeGreaterThan(5)
  expect(connections).toBeLessThan(50)
  expect(await columnSum(client, 'x')).toBe(0n)
})
