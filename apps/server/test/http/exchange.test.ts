import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { ServiceError } from '@table/table'
import { expect, onTestFinished, test } from 'vitest'
import { holdAnswer } from '../../src/admission/untaken.ts'
import { Exchange } from '../../src/http/exchange.ts'
import { ask } from '../support/http.ts'

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
    } catch (error) {
      return Number(/^answers of (-?\d+) bytes/.exec((error as Error).message)?.[1])
    }
  }
  const before = waiting()
  let during: number | undefined
  const server = await answering(exchange => {
    exchange.answer(200, {}, 'four')
    during = waiting()
  })
  await ask(server, 'GET', '/')
  await server.exchanges[0]?.over
  expect([during, waiting()]).toEqual([(before ?? 0) + 4, before])
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
