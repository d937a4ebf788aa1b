import { gzipSync } from 'node:zlib'
import { ServiceError } from '@table/table'
import { expect, test } from 'vitest'
import { joined } from '../../../../testing/chunks.ts'
import type { IdleTimeout } from '../../src/admission/idleTimeout.ts'
import { csvOf, smallBody } from '../../src/http/body.ts'
import type { Exchange } from '../../src/http/exchange.ts'
import { ask } from '../support/http.ts'
import { rawConnection } from '../support/rawHttp1.ts'
import { eventually, incoming, serve } from '../support/server.ts'

const patient = { read: <T>(parts: AsyncIterable<T>) => parts } as unknown as IdleTimeout

/** A request with these headers and this body, which comes in small pieces. */
function exchangeOf(headers: Record<string, string>, body: Uint8Array | string): Exchange {
  const bytes = Buffer.from(body)
  async function* pieces() {
    for (let at = 0; at < bytes.length; at += 3) yield bytes.subarray(at, at + 3)
  }
  const length = { 'content-length': String(bytes.length) }
  const own = 'transfer-encoding' in headers || headers['content-length'] !== undefined
  return {
    request: { headers: own ? headers : { ...length, ...headers } },
    body: pieces,
  } as unknown as Exchange
}

const csv = 'x,y\n1,2\n'

/** Returns what a function throws, at once or when its answer is read. */
async function failureOf(run: () => AsyncIterable<Uint8Array> | Promise<string>): Promise<Error> {
  try {
    const answer = run()
    await (answer instanceof Promise ? answer : joined(answer))
  } catch (error) {
    return error as Error
  }
  return expect.unreachable()
}

test.each([
  {},
  { 'content-type': 'text/csv' },
  { 'content-type': 'TEXT/PLAIN; charset="UTF8"' },
  { 'content-type': 'application/octet-stream' },
  { 'content-type': 'application/csv; charset=us-ascii' },
  { 'content-type': 'application/vnd.ms-excel' },
  { 'content-encoding': ' Identity ' },
  { 'transfer-encoding': 'chunked' },
])('a CSV arrives with %o', async headers => {
  expect(String(await joined(csvOf(exchangeOf(headers, csv), csv.length, patient)))).toBe(csv)
})

test.each([
  [
    { 'content-type': 'application/x-www-form-urlencoded' },
    415,
    'expected text/csv in UTF-8: send the file itself',
  ],
  [
    { 'content-type': 'text/csv; charset=latin1' },
    415,
    'found "text/csv; charset=latin1", expected text/csv',
  ],
  [{ 'content-encoding': 'br' }, 415, 'Content-Encoding: found "br", expected gzip or none'],
])('a CSV with %o is refused at once', (headers, status, message) => {
  expect(() => csvOf(exchangeOf(headers, csv), 100, patient)).toThrow(
    expect.objectContaining({ status, message: expect.stringContaining(message) }),
  )
})

test('a body has a length or comes in chunks', () => {
  const exchange = { request: { headers: {} } } as unknown as Exchange
  expect(() => csvOf(exchange, 100, patient)).toThrow(expect.objectContaining({ status: 411 }))
})

test('a body that says to be too large is refused at once, one that becomes too large when it does', async () => {
  const tooLarge = (bytes: number) =>
    expect.objectContaining({
      code: 'too-large',
      message: `the body has ${bytes} bytes or more, at most 7 are allowed: upload it in pieces`,
    })
  expect(() => csvOf(exchangeOf({}, csv), 7, patient)).toThrow(tooLarge(8))
  const chunked = { 'transfer-encoding': 'chunked' }
  expect(await failureOf(() => csvOf(exchangeOf(chunked, csv), 7, patient))).toEqual(tooLarge(8))
})

test('a packed CSV is unpacked, and the limit is for what is in it', async () => {
  const packed = gzipSync('x\n'.repeat(1000))
  const read = (limit: number) => csvOf(exchangeOf({ 'content-encoding': 'GZip' }, packed), limit, patient)
  expect(String(await joined(read(2000)))).toBe('x\n'.repeat(1000))
  expect(await failureOf(() => read(1999))).toMatchObject({ code: 'too-large' })
  expect(() => read(packed.length - 1)).toThrow(ServiceError)
})

const sql = ['application/sql', 'text/plain'] as const

test('a small body is text of one of the types', async () => {
  expect(
    await smallBody(exchangeOf({ 'content-type': 'application/sql' }, 'SELECT é'), sql, 9, patient),
  ).toBe('SELECT é')
  expect(await smallBody(exchangeOf({}, ''), sql, 9, patient)).toBe('')
})

test.each([
  [{ 'content-type': 'text/csv' }, 'x', { status: 415, headers: { accept: 'application/sql' } }],
  [{ 'content-encoding': 'gzip' }, 'x', { status: 415 }],
  [{}, Buffer.of(0xff), { status: 400, message: 'found a body that is not UTF-8, expected UTF-8' }],
  [
    {},
    '0123456789',
    { code: 'too-large', message: expect.stringContaining('has 10 bytes or more, at most 9') },
  ],
  [{ 'transfer-encoding': 'chunked' }, '0123456789', { code: 'too-large' }],
])('a small body is refused: %o %s', async (headers, body, failure) => {
  expect(await failureOf(() => smallBody(exchangeOf(headers, body), sql, 9, patient))).toMatchObject(failure)
})

test('a small body that says to be too large is not read', async () => {
  const exchange = {
    request: { headers: { 'content-length': '10' } },
    body: () => expect.unreachable(),
  } as unknown as Exchange
  await expect(smallBody(exchange, sql, 9, patient)).rejects.toMatchObject({ code: 'too-large' })
})

test('an upload that is out of time ends with its answer, and not only with its connection', async () => {
  const server = await serve({ limits: { callTime: 1 } })
  const connection = rawConnection(server)
  let isOpen = true
  void connection.closed.then(() => {
    isOpen = false
  })
  connection.write('POST /uploads HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n\r\nx\n1\n')
  await connection.until(/^HTTP\/1.1 503 .*at most 1 s are allowed/s)
  await eventually(async () => {
    const { text } = await ask(server, 'GET', '/metrics')
    expect(text).toContain('\ntable_uploads_under_way 0\n')
  })
  expect([isOpen, incoming(server.dataDir)]).toEqual([true, []])
  connection.socket.destroy()
})

test('a body that turns out to be too large is read on, so that a client that only sends learns why', async () => {
  const server = await serve({ limits: { uploadBytes: 1_000_000 } })
  const connection = rawConnection(server)
  const bytes = Buffer.alloc(50_000_000, '1\n')
  connection.write('POST /uploads HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n')
  connection.write(`${bytes.length.toString(16)}\r\n`)
  // More than the buffers of the system hold.
  const failure = await new Promise(resolve => connection.socket.write(bytes, resolve))
  expect(failure ?? undefined).toBeUndefined()
  connection.write('\r\n0\r\n\r\n')
  expect(await connection.closed).toMatch(/^HTTP\/1.1 413 .*at most 1000000 are allowed/s)
})
