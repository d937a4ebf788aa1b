import { status } from '@grpc/grpc-js'
import { expect, onTestFinished, test, vi } from 'vitest'
import { spawnHeldServer } from '../support/process.ts'
import {
  columnSum,
  eventually,
  failureOf,
  frame,
  incoming,
  knowsOfCancelled,
  largeCsv,
  rawCall,
  rawSession,
  serve,
  stored,
  upload,
  wholeSum,
} from '../support/server.ts'

const deadlineExceeded = { code: status.DEADLINE_EXCEEDED }

test.each([
  ['is converted', 'read'],
  ['is written', 'rename'],
  ['is synced', 'sync'],
])('an upload whose deadline passes while it %s is not kept', async (_phase, moment) => {
  const { client, dataDir, hold, late, release } = await spawnHeldServer(moment)
  hold()
  const failure = await late(soon => failureOf(upload(client, largeCsv(1), soon())))
  expect(failure).toMatchObject(deadlineExceeded)
  await knowsOfCancelled(client)
  release()
  await eventually(() => expect([...incoming(dataDir), ...stored(dataDir)]).toEqual([]))
  expect(await upload(client, largeCsv(2))).toBe('')
  expect(await columnSum(client, 'x')).toBe(2n)
})

test('an upload whose deadline passes while it is queued is not kept', async () => {
  const { client, dataDir, hold, held, late, release } = await spawnHeldServer('read')
  hold()
  const first = upload(client, largeCsv(1))
  await held()
  const failure = await late(soon => failureOf(upload(client, largeCsv(2), soon())))
  expect(failure).toMatchObject(deadlineExceeded)
  await knowsOfCancelled(client)
  release()
  expect(await first).toBe('')
  await eventually(() => expect(incoming(dataDir)).toEqual([]))
  expect(await columnSum(client, 'x')).toBe(1n)
})

test('an upload whose deadline passes while its row is written counts: what is committed is published', async () => {
  const { client, hold, late, release } = await spawnHeldServer('insert')
  hold()
  const failure = await late(soon => failureOf(upload(client, largeCsv(1), soon())))
  expect(failure).toMatchObject(deadlineExceeded)
  release()
  await eventually(async () => expect(await columnSum(client, 'x')).toBe(1n))
})

test.each([
  ['2H', 7_200_000],
  ['3M', 180_000],
  ['10S', 10_000],
  ['00000250m', 250],
  ['5000u', 5],
  ['7000000n', 7],
])('a deadline of %s passes after %i ms', async (timeout, ms) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { port } = await serve({ limits: { callTime: 86_400, idleTime: 86_400 } })
  const session = rawSession(port)
  // A connection is closed after a minute without a call that is whole.
  await wholeSum(session)
  const call = rawCall(session, '/Table/ColSum', { 'grpc-timeout': timeout })
  await call.write(frame(new Uint8Array(9)).subarray(0, 7))
  const seen = () => new Promise<void>(resolve => session.ping(() => resolve()))
  let answered = false
  const answer = call.answer.finally(() => {
    answered = true
  })
  answer.catch(() => {})
  await seen()
  vi.advanceTimersByTime(ms - 1)
  await seen()
  expect(answered).toBe(false)
  vi.advanceTimersByTime(1)
  expect(await answer).toMatchObject({ code: status.DEADLINE_EXCEEDED, message: 'Deadline exceeded' })
})

test.each(['soon', '10', 'S', '10s', 'x10S', '10Sx', '-1S', '1.5S', '123456789S'])(
  'a deadline of %s is refused',
  async timeout => {
    const { port } = await serve()
    const call = rawCall(rawSession(port), '/Table/ColSum', { 'grpc-timeout': timeout })
    expect(await call.answer).toMatchObject({
      code: status.INVALID_ARGUMENT,
      message: `grpc-timeout: found "${timeout}", expected digits and a unit such as 10S`,
    })
  },
)

test('a deadline that is later than a call may take is that of the server', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { port } = await serve({ limits: { callTime: 10 } })
  const session = rawSession(port)
  const call = rawCall(session, '/Table/ColSum', { 'grpc-timeout': '10S' })
  await call.write(frame(new Uint8Array(9)).subarray(0, 7))
  await new Promise<void>(resolve => session.ping(() => resolve()))
  vi.advanceTimersByTime(10_000)
  expect(await call.answer).toMatchObject({
    code: status.DEADLINE_EXCEEDED,
    message: 'the call was not done after 10 s, at most 10 s are allowed',
  })
})
