import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ServiceError } from '@table/table'
import { expect, onTestFinished, test, vi } from 'vitest'
import { holdAnswer, releaseAnswer } from '../../src/admission/untaken.ts'
import { Exchange } from '../../src/http/exchange.ts'
import { ask } from '../support/http.ts'
import { rawConnection } from '../support/rawHttp1.ts'

/** Starts a server that answers each request by `handle`. */
async function answering(handle: (exchange: Exchange) => unknown) {
  const exchanges: Exchange[] = []
  const server = createServer((request, response) => {
    const exchange = new Exchange(request, response, { idleTime: 10, callTime: 10 }, false)
    exchanges.push(exchange)
    void handle(exchange)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  onTestFinished(() => void server.close())
  return { port: (server.address() as AddressInfo).port, exchanges }
}

test('a request has its path and its query, and its answer the headers of every answer', async () => {
  const server = await answering(exchange =>
    exchange.json(200, { path: exchange.path, a: exchange.query.getAll('a') }, { 'x-more': 'yes' }),
  )
  const { status, headers, text } = await ask(server, 'GET', '/x/y?a=1&a=b%20?&c', {
    headers: { 'x-request-id': 'mine' },
  })
  expect([status, JSON.parse(text)]).toEqual([200, { path: '/x/y', a: ['1', 'b ?'] }])
  expect(headers).toMatchObject({
    'content-type': 'application/json',
    'content-length': String(text.length),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'x-request-id': 'mine',
    'x-more': 'yes',
  })
  await server.exchanges[0]?.over
  expect(server.exchanges[0]?.record.outcome).toBe('ok')
})

test('an answer is counted until its client has it', async () => {
  /** How many bytes of answers wait for their clients, by what is said to one answer too many. */
  const waiting = () => {
    try {
      holdAnswer(2 ** 30, false)
      return Number.NaN
    } catch (error) {
      return Number(/^answers of (-?\d+) bytes/.exec((error as Error).message)?.[1])
    }
  }
  const before = waiting()
  let during = Number.NaN
  const server = await answering(exchange => {
    exchange.answer(200, {}, 'four')
    during = waiting()
  })
  await ask(server, 'GET', '/')
  await server.exchanges[0]?.over
  expect([during, waiting()]).toEqual([before + 4, before])
})

test('the first answer counts', async () => {
  const server = await answering(exchange => {
    exchange.json(200, 'first')
    exchange.json(200, 'second')
    exchange.fail(new ServiceError('internal', 'third'))
    expect(exchange.begin(200, {})).toBe(false)
  })
  expect((await ask(server, 'GET', '/')).text).toBe('"first"')
  expect(server.exchanges[0]?.record.outcome).toBe('ok')
})

test('a failure is a problem document, ends the work, and is on the record', async () => {
  const server = await answering(exchange => {
    exchange.fail(new ServiceError('invalid-data', 'line 2: so it is'))
    expect(exchange.signal.aborted).toBe(true)
  })
  const { status, headers, text } = await ask(server, 'POST', '/', { body: 'x' })
  expect([status, headers['content-type']]).toEqual([422, 'application/problem+json'])
  expect(JSON.parse(text)).toMatchObject({ detail: 'line 2: so it is', line: 2 })
  expect(server.exchanges[0]?.record).toMatchObject({ outcome: 'invalid-data', reason: 'line 2: so it is' })
})

test('an answer in parts is whole, and one that fails on the way is cut off', async () => {
  const server = await answering(async exchange => {
    exchange.begin(200, {})
    await exchange.send(Buffer.from('one '))
    await exchange.send(Buffer.from('two'))
    if (exchange.path === '/whole') exchange.finish()
    else exchange.fail(new ServiceError('damaged', 'upload 1'))
  })
  expect((await ask(server, 'GET', '/whole')).text).toBe('one two')
  await server.exchanges[0]?.over
  expect(server.exchanges[0]?.record).toMatchObject({ outcome: 'ok', bytes: 7 })
  await expect(ask(server, 'GET', '/cut')).rejects.toThrow()
  expect(server.exchanges[1]?.record).toMatchObject({ outcome: 'damaged', reason: 'upload 1' })
})

test('whoever goes away is not waited for', async () => {
  const { promise: begun, resolve } = Promise.withResolvers<Exchange>()
  const server = await answering(resolve)
  const controller = new AbortController()
  const asked = fetch(`http://127.0.0.1:${server.port}/`, { signal: controller.signal })
  const exchange = await begun
  controller.abort()
  await expect(asked).rejects.toThrow()
  await exchange.over
  expect(exchange.signal.aborted).toBe(true)
  expect(exchange.record).toMatchObject({ outcome: 'cancelled', reason: 'the client went away' })
  await expect(exchange.send(Buffer.from('x'))).rejects.toMatchObject({ code: 'cancelled' })
  exchange.json(200, 'late')
  expect(exchange.answered).toBe(false)
})

test('a request that takes too long is refused', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { promise: begun, resolve } = Promise.withResolvers<Exchange>()
  const server = await answering(resolve)
  const asked = ask(server, 'GET', '/')
  const exchange = await begun
  vi.advanceTimersByTime(9999)
  expect(exchange.answered).toBe(false)
  vi.advanceTimersByTime(1)
  const { status, text } = await asked
  expect([status, JSON.parse(text)]).toEqual([
    503,
    expect.objectContaining({
      code: 'unavailable',
      detail: 'the request was not done after 10 s, at most 10 s are allowed',
    }),
  ])
  expect(exchange.signal.aborted).toBe(true)
})

test('a large answer is refused while too many wait for their clients, unless it tells of a change', async () => {
  holdAnswer(2 ** 25, true)
  onTestFinished(() => releaseAnswer(2 ** 25))
  const large = 'a'.repeat(100_000)
  const server = await answering(exchange => exchange.json(200, large, {}, exchange.path === '/change'))
  const { status, headers, text } = await ask(server, 'GET', '/')
  expect([status, headers['retry-after']]).toEqual([503, '1'])
  expect(JSON.parse(text).detail).toMatch(/^answers of \d+ bytes wait for their clients/)
  expect(await ask(server, 'GET', '/change')).toMatchObject({ status: 200, text: JSON.stringify(large) })
})

test('an exchange waits for its client until the request is whole, and from each part of the answer on', async () => {
  const { promise: begun, resolve } = Promise.withResolvers<Exchange>()
  const server = await answering(exchange => {
    // A response to a request that is not whole ends the connection.
    exchange.request.resume()
    resolve(exchange)
  })
  const connection = rawConnection(server)
  connection.write('POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 4\r\n\r\nfo')
  const exchange = await begun
  const since = exchange.waitsSince
  expect(since).toBeLessThanOrEqual(performance.now())
  const whole = once(exchange.request, 'end')
  connection.write('ur')
  await whole
  expect(exchange.waitsSince).toBeUndefined()
  connection.socket.pause()
  exchange.begin(200, {})
  let sent = exchange.send(Buffer.alloc(1))
  while ((await Promise.race([sent, Promise.resolve('waits')])) !== 'waits')
    sent = exchange.send(Buffer.alloc(2 ** 20))
  expect(exchange.waitsSince).toBeGreaterThan(since as number)
  connection.socket.resume()
  await sent
  expect(exchange.waitsSince).toBeUndefined()
  exchange.finish()
  expect(exchange.waitsSince).toBe(since)
  connection.socket.destroy()
  await exchange.over
})

test('who sends a part learns that the client is gone, also if the connection has not come to this answer', async () => {
  const begun = [Promise.withResolvers<Exchange>(), Promise.withResolvers<Exchange>()]
  let requests = 0
  const server = await answering(exchange => begun[requests++]?.resolve(exchange))
  const connection = rawConnection(server)
  connection.write('GET / HTTP/1.1\r\nHost: localhost\r\n\r\n'.repeat(2))
  const [first, second] = await Promise.all(begun.map(({ promise }) => promise))
  if (!first || !second) throw new Error('no request')
  second.begin(200, {})
  const sent = second.send(Buffer.alloc(2 ** 20))
  connection.socket.destroy()
  await first.over
  second.gone()
  await expect(sent).rejects.toMatchObject({ code: 'cancelled' })
})
