import { gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import { expect, onTestFinished, test, vi } from 'vitest'
import { spawnServer } from './process.ts'
import {
  columnSum,
  connectClient,
  eventually,
  failureOf,
  frame,
  incoming,
  largeCsv,
  rawSession,
  rawUpload,
  type Served,
  serve,
  stored,
  upload,
  uploadMessage,
} from './support.ts'

/** Nothing of an earlier upload is there, and the server goes on. */
async function isAsNew({ client, dataDir }: Pick<Served, 'client' | 'dataDir'>): Promise<void> {
  await eventually(() => expect([...incoming(dataDir), ...stored(dataDir)]).toEqual([]))
  expect(await upload(client, 'x\n1\n')).toBe('')
  expect(await columnSum(client, 'x')).toBe(1n)
}

const large = `x\n${'1\n'.repeat(500_000)}`

test.each<[string, Record<string, string>, Uint8Array]>([
  ['at once', {}, frame(uploadMessage(large))],
  ['when it is unpacked', { 'grpc-encoding': 'gzip' }, frame(gzipSync(uploadMessage(large)), 1)],
])('an upload over the largest is refused %s', async (_when, headers, bytes) => {
  const server = await serve({ limits: { uploadBytes: 1_000_000 } })
  const call = rawUpload(rawSession(server.port), headers)
  await call.write(bytes)
  call.end()
  expect(await call.answer).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    message: expect.stringMatching(/has 100\d{4} bytes, at most 1000000 are allowed: upload it in pieces/),
  })
  await isAsNew(server)
})

test.each([
  ['columns', { columns: 2 }, 'a,b,c\n1,2,3\n', 'line 1: found 3 columns, expected at most 2'],
  [
    'the field size',
    { fieldBytes: 1000 },
    largeCsv(1),
    'line 2, column "t": found a field of 300000 bytes, expected at most 1000',
  ],
  [
    'the header size',
    { headerBytes: 10 },
    'abcdefg,xyz\n1,2\n',
    'line 1: found a header of over 10 bytes, expected at most 10',
  ],
])('%s over the limit is the error of the response', async (_what, limits, csv, error) => {
  const server = await serve({ limits })
  expect(await upload(server.client, csv)).toBe(error)
  await isAsNew(server)
})

test.each([
  ['small', 'x\n1\n'],
  ['large', largeCsv(1).repeat(20)],
])('a %s upload that a disk has no room for is refused, a sum is not', async (_size, csv) => {
  const server = await serve({ limits: { keptFreeBytes: Number.MAX_SAFE_INTEGER } })
  expect(await failureOf(upload(server.client, csv))).toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    details: expect.stringMatching(/has \d+ bytes free, 9007199254740991 are kept back/),
  })
  await eventually(() => expect([...incoming(server.dataDir), ...stored(server.dataDir)]).toEqual([]))
  expect(await columnSum(server.client, 'x')).toBe(0n)
})

test('an upload more than may be under way is refused, unless one of them lets the server wait', async () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
  const server = await serve({ limits: { uploads: 2 } })
  const session = rawSession(server.port)
  const message = frame(uploadMessage('x\n1\n'))
  const [first, second] = [rawUpload(session), rawUpload(session)]
  for (const call of [first, second]) await call.write(message.subarray(0, 7))
  await new Promise<void>(resolve => session.ping(() => resolve()))
  expect(await failureOf(upload(server.client, 'x\n1\n'))).toMatchObject({
    code: status.UNAVAILABLE,
    details: '2 uploads are under way, at most 2 are allowed: try again later',
  })
  expect(await columnSum(server.client, 'x')).toBe(0n)

  vi.advanceTimersByTime(1000)
  expect(await upload(server.client, 'x\n1\n')).toBe('')
  expect(await first.answer).toMatchObject({
    code: status.UNAVAILABLE,
    message: expect.stringContaining('gave up the upload that was the slowest'),
  })
  await second.write(message.subarray(7))
  second.end()
  expect(await second.answer).toMatchObject({ code: status.OK })
  expect(await columnSum(server.client, 'x')).toBe(2n)
})

test.each([
  [
    'a client that falls silent is waited for as long as the limit says',
    { idleTime: 10 },
    /^waited for 10 s for the client, which sent \d+ bytes in that time, at least 16384 are expected$/,
  ],
  [
    'an upload that is not done in the time of a call is ended',
    { callTime: 10 },
    /^the call was not done after 10 s, at most 10 s are allowed$/,
  ],
])('%s', async (_what, limits, message) => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const server = await serve({ limits })
  const call = rawUpload(rawSession(server.port))
  await call.write(frame(uploadMessage(largeCsv(1))).subarray(0, 290_000))
  while (incoming(server.dataDir).length === 0) await new Promise(setImmediate)
  await vi.advanceTimersByTimeAsync(8000)
  expect(incoming(server.dataDir)).toHaveLength(1)
  // The last bytes may have come only now.
  const passing = setInterval(() => vi.advanceTimersByTime(2000), 1)
  const answer = await call.answer.finally(() => clearInterval(passing))
  expect(answer).toMatchObject({
    code: status.DEADLINE_EXCEEDED,
    message: expect.stringMatching(message),
  })
  vi.useRealTimers()
  await isAsNew(server)
})

test('the limits are taken from the environment', async () => {
  const env = { TABLE_MAX_COLUMNS: '1', TABLE_MAX_UPLOAD: '1KiB' }
  const client = connectClient((await spawnServer({ env }).ready).port)
  expect(await upload(client, 'x,y\n')).toBe('line 1: found 2 columns, expected at most 1')
  expect((await failureOf(upload(client, large))).details).toContain('at most 1024 are allowed')
})
