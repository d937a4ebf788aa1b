import { gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import { Command } from 'commander'
import { expect, onTestFinished, test, vi } from 'vitest'
import { defaultLimits, type Limits, limitOptions, limitsOf } from '../../src/config/limits.ts'
import { spawnServer } from '../support/process.ts'
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
} from '../support/server.ts'

/** Checks that nothing of an earlier upload is left, and that the server goes on. */
async function isAsNew({ client, dataDir }: Pick<Served, 'client' | 'dataDir'>): Promise<void> {
  await eventually(() => expect([...incoming(dataDir), ...stored(dataDir)]).toEqual([]))
  expect(await upload(client, 'x\n1\n')).toBe('')
  expect(await columnSum(client, 'x')).toBe(1n)
}

const large = `x\n${'1\n'.repeat(500_000)}`

test('each limit has a flag that says what it takes, and a variable', () => {
  const flags = limitOptions().map(({ flags, envVar }) => [flags, envVar])
  expect(flags).toEqual([
    ['--max-upload <size>', 'TABLE_MAX_UPLOAD'],
    ['--max-columns <number>', 'TABLE_MAX_COLUMNS'],
    ['--max-field <size>', 'TABLE_MAX_FIELD'],
    ['--max-header <size>', 'TABLE_MAX_HEADER'],
    ['--max-uploads <number>', 'TABLE_MAX_UPLOADS'],
    ['--max-connections <number>', 'TABLE_MAX_CONNECTIONS'],
    ['--idle-timeout <seconds>', 'TABLE_IDLE_TIMEOUT'],
    ['--call-timeout <seconds>', 'TABLE_CALL_TIMEOUT'],
    ['--query-memory <size>', 'TABLE_QUERY_MEMORY'],
    ['--keep-free <size>', 'TABLE_KEEP_FREE'],
  ])
})

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

test('an upload over the limit is refused, unless another upload keeps the server waiting', async () => {
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
    message: expect.stringContaining('gave up this request because its body was the slowest'),
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
  // The last bytes may arrive only now.
  const passing = setInterval(() => vi.advanceTimersByTime(2000), 1)
  const answer = await call.answer.finally(() => clearInterval(passing))
  expect(answer).toMatchObject({
    code: status.DEADLINE_EXCEEDED,
    message: expect.stringMatching(message),
  })
  vi.useRealTimers()
  await isAsNew(server)
})

function limitsFrom(...args: string[]): Limits {
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} })
  for (const option of limitOptions()) command.addOption(option)
  return limitsOf(command.parse(args, { from: 'user' }).opts())
}

test.each<[keyof Limits, string, number, number]>([
  ['uploadBytes', 'max-upload', 1, 2 ** 32 - 1],
  ['columns', 'max-columns', 1, 10_000],
  ['fieldBytes', 'max-field', 1, 16 * 1024 * 1024],
  ['headerBytes', 'max-header', 1, 4 * 1024 * 1024],
  ['uploads', 'max-uploads', 1, 65_536],
  ['connections', 'max-connections', 1, 65_536],
  ['idleTime', 'idle-timeout', 1, 86_400],
  ['callTime', 'call-timeout', 1, 86_400],
  ['queryMemory', 'query-memory', 1, Number.MAX_SAFE_INTEGER],
  ['keptFreeBytes', 'keep-free', 0, Number.MAX_SAFE_INTEGER],
])('%s is set by --%s and its variable, from %i to %i', (limit, flag, min, max) => {
  expect(limitsFrom()).toEqual(defaultLimits)
  for (const value of [min, max])
    expect(limitsFrom(`--${flag}`, String(value))).toEqual({ ...defaultLimits, [limit]: value })
  for (const value of [String(min - 1), String(max + 1), '', 'x', '1x', 'x1', '0x1'])
    expect(() => limitsFrom(`--${flag}=${value}`)).toThrow(`from ${min} to ${max}`)
  vi.stubEnv(`TABLE_${flag.toUpperCase().replace('-', '_')}`, '7')
  onTestFinished(() => void vi.unstubAllEnvs())
  expect(limitsFrom()).toEqual({ ...defaultLimits, [limit]: 7 })
})

test('sizes may have units, numbers and times may not', () => {
  for (const [text, bytes] of [
    ['3KiB', 3072],
    ['3MiB', 3 * 2 ** 20],
    ['3GiB', 3 * 2 ** 30],
  ] as const) {
    expect(limitsFrom('--max-upload', text).uploadBytes).toBe(bytes)
    expect(() => limitsFrom('--max-uploads', text)).toThrow('Expected a whole number')
    expect(() => limitsFrom('--idle-timeout', text)).toThrow('Expected a whole number')
  }
  for (const text of ['3kib', '3KB', '3 KiB', 'KiB', '3KiBs'])
    expect(() => limitsFrom('--max-upload', text)).toThrow('such as 1000, 64KiB, 10MiB or 2GiB')
})

test('the help gives defaults as people write them', () => {
  const defaults = limitOptions().map(({ long, defaultValueDescription, defaultValue }) => [
    long,
    defaultValueDescription ?? defaultValue,
  ])
  expect(Object.fromEntries(defaults)).toEqual({
    '--max-upload': '4294967295',
    '--max-columns': 10_000,
    '--max-field': '16MiB',
    '--max-header': '1MiB',
    '--max-uploads': 128,
    '--max-connections': 1024,
    '--idle-timeout': 60,
    '--call-timeout': 3600,
    '--query-memory': '128MiB',
    '--keep-free': '256MiB',
  })
})

test('the limits are taken from the environment', async () => {
  const env = { TABLE_MAX_COLUMNS: '1', TABLE_MAX_UPLOAD: '1KiB' }
  const client = connectClient((await spawnServer({ env }).ready).port)
  expect(await upload(client, 'x,y\n')).toBe('line 1: found 2 columns, expected at most 1')
  expect((await failureOf(upload(client, large))).details).toContain('at most 1024 are allowed')
})
