import { once } from 'node:events'
import { connect } from 'node:net'
import { status } from '@grpc/grpc-js'
import { ColSumReq } from '@table/proto'
import { expect, onTestFinished, test, vi } from 'vitest'
import { spawnHeldServer, spawnServer } from '../support/process.ts'
import {
  columnSum,
  connectClient,
  eventually,
  failureOf,
  frame,
  incoming,
  rawCall,
  rawSession,
  rawUpload,
  serve,
  stored,
  upload,
  uploadMessage,
  wholeSum,
} from '../support/server.ts'

test('streams beyond 100 of a connection wait', async () => {
  const { port, client } = await serve({ limits: { uploads: 101 } })
  const session = rawSession(port)
  await once(session, 'remoteSettings')
  expect(session.remoteSettings.maxConcurrentStreams).toBe(100)
  const calls = Array.from({ length: 300 }, () => rawUpload(session))
  for (const call of calls) {
    void call.write(frame(uploadMessage('x\n1\n')))
    call.end()
  }
  for (const call of calls) expect(await call.answer).toMatchObject({ code: status.OK })
  expect(await columnSum(client, 'x')).toBe(300n)
})

test('a client that opens and resets streams without end loses its connection, others do not', async () => {
  const { port, client, dataDir } = await serve()
  const session = rawSession(port)
  session.on('error', () => {})
  const closed = new Promise(resolve => session.once('close', resolve))
  while (!session.closed && !session.destroyed) {
    rawUpload(session).cancel()
    await new Promise(setImmediate)
  }
  await closed
  expect(await upload(client, 'x\n1\n')).toBe('')
  expect(await columnSum(client, 'x')).toBe(1n)
  await eventually(() => expect(incoming(dataDir)).toEqual([]))
})

test('sums that wait for their turn are answered, more than may be under way are refused', async () => {
  const { client, port, hold, held, release } = await spawnHeldServer('read')
  expect(await upload(client, 'x\n1\n')).toBe('')
  hold()
  const sum = frame(ColSumReq.encode({ column: 'x', format: 'csv' }).finish())
  const sessions = Array.from({ length: 16 }, () => rawSession(port))
  const calls = sessions.flatMap(session =>
    Array.from({ length: 64 }, () => {
      const call = rawCall(session, '/Table/ColSum')
      void call.write(sum)
      call.end()
      return call
    }),
  )
  await Promise.all(sessions.map(session => new Promise<void>(resolve => session.ping(() => resolve()))))
  await held()
  await eventually(async () =>
    expect(await failureOf(columnSum(client, 'x', 'csv', { deadline: Date.now() + 1000 }))).toMatchObject({
      code: status.UNAVAILABLE,
      details: '1024 sums are under way, at most 1024 are allowed: try again later',
    }),
  )
  release()
  for (const call of calls) expect(await call.answer).toMatchObject({ code: status.OK })
  expect(await columnSum(client, 'x')).toBe(1n)
})

test('a connection without calls is closed after five minutes, also one that never spoke', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'Date'] })
  onTestFinished(() => void vi.useRealTimers())
  const { port } = await serve()
  const silent = connect(port, '127.0.0.1').resume()
  const session = rawSession(port)
  await Promise.all([once(silent, 'connect'), once(session, 'remoteSettings')])
  const closed = Promise.all([once(silent, 'close'), once(session, 'close')])
  await vi.advanceTimersByTimeAsync(300_000)
  await closed
})

test('a connection that has called is kept for five minutes after its last call, and while a call is open', async () => {
  const { port } = await serve()
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const [quiet, watching] = [rawSession(port), rawSession(port)]
  await Promise.all([wholeSum(quiet), wholeSum(watching)])
  const watch = rawCall(watching, '/grpc.health.v1.Health/Watch')
  void watch.write(frame(new Uint8Array()))
  watch.end()
  let isClosed = false
  const closed = once(quiet, 'close').then(() => {
    isClosed = true
  })
  await vi.advanceTimersByTimeAsync(200_000)
  await wholeSum(quiet)
  await vi.advanceTimersByTimeAsync(299_000)
  await wholeSum(watching)
  expect(isClosed).toBe(false)
  await vi.advanceTimersByTimeAsync(1000)
  await closed
  await vi.advanceTimersByTimeAsync(300_000)
  await wholeSum(watching)
})

test('a worker that runs out of memory fails its upload alone', async () => {
  const { ready, dataDir, child, exited } = spawnServer({ hook: 'exhaust.ts', workers: 2 })
  const client = connectClient((await ready).port)
  const others = Array.from({ length: 8 }, () => upload(client, 'x\n1\n'))
  expect(await failureOf(upload(client, 'exhaust\n1\n'))).toMatchObject({
    code: status.INTERNAL,
    details: 'internal error',
  })
  expect(await Promise.all(others)).toEqual(new Array(8).fill(''))
  expect(await columnSum(client, 'x')).toBe(8n)
  expect(incoming(dataDir)).toEqual([])
  expect(stored(dataDir)).toHaveLength(16)
  child.kill()
  expect((await exited).stderr).toContain('ERR_WORKER_OUT_OF_MEMORY')
})

test('an upload that takes much memory is stored, but not beside another such upload', async () => {
  const { client, dataDir } = await serve()
  const wide = `${Array.from({ length: 2000 }, (_, i) => `c${i}`)}\n${'1,'.repeat(1999)}1\n`
  const long = `c0,t\n1,${'a'.repeat(3_000_000)}\n`
  const csvs = [wide, long, wide, long, long]
  expect(await Promise.all(csvs.map(csv => upload(client, csv)))).toEqual(csvs.map(() => ''))
  expect(await upload(client, `${wide}1\n`)).toBe('line 3: found 1 field, expected 2000')
  expect(await columnSum(client, 'c0')).toBe(5n)
  expect(await columnSum(client, 'c1999', 'parquet')).toBe(2n)
  expect(incoming(dataDir)).toEqual([])
})
