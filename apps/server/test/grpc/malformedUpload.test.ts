import { randomBytes } from 'node:crypto'
import { deflateSync, gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import {
  columnSum,
  frame,
  incoming,
  rawSession,
  rawUpload,
  serve,
  stored,
  upload,
  uploadMessage,
} from '../support/server.ts'

const message = uploadMessage('x\n1\n')
const header = (encoding: string) => ({ 'grpc-encoding': encoding })

const malformed: [string, number, string, Record<string, string>, Uint8Array][] = [
  ['no message', status.UNIMPLEMENTED, 'no request message', {}, Buffer.alloc(0)],
  [
    'two messages',
    status.UNIMPLEMENTED,
    'more than one request message',
    {},
    Buffer.concat([frame(message), frame(message)]),
  ],
  [
    'half a message',
    status.INVALID_ARGUMENT,
    'the request ended after 9 bytes',
    {},
    frame(message).subarray(0, 9),
  ],
  ['an unknown flag', status.INVALID_ARGUMENT, 'starts with the byte 7', {}, frame(message, 7)],
  ['no protobuf', status.INVALID_ARGUMENT, 'not a protobuf message', {}, frame(Buffer.from('x,y\n1,2\n'))],
  ['no gzip', status.INVALID_ARGUMENT, 'not gzip data', header('gzip'), frame(message, 1)],
  [
    'half a gzip',
    status.INVALID_ARGUMENT,
    'not gzip data',
    header('gzip'),
    frame(gzipSync(message).subarray(0, 20), 1),
  ],
  ['a compression without a name', status.INTERNAL, 'no grpc-encoding', {}, frame(gzipSync(message), 1)],
  [
    'an unknown compression',
    status.UNIMPLEMENTED,
    'compressed with snappy',
    header('snappy'),
    frame(message, 1),
  ],
]

test.each(malformed)('%s gets its status and leaves nothing', async (_what, code, words, headers, bytes) => {
  const { port, client, dataDir } = await serve()
  const call = rawUpload(rawSession(port), headers)
  await call.write(bytes)
  call.end()
  expect(await call.answer).toMatchObject({ code, message: expect.stringContaining(words) })
  expect(incoming(dataDir)).toEqual([])
  expect(await upload(client, 'x\n2\n')).toBe('')
  expect(await columnSum(client, 'x')).toBe(2n)
})

test('an unknown compression is answered with the known ones', async () => {
  const { port } = await serve()
  const call = rawUpload(rawSession(port), header('snappy'))
  await call.write(frame(message, 1))
  expect((await call.answer).trailers['grpc-accept-encoding']).toBe('identity,deflate,gzip')
})

test.each([
  ['gzip', gzipSync(message)],
  ['deflate', deflateSync(message)],
])(
  '%s data followed by other bytes is refused, and the end of the request decides',
  async (encoding, packed) => {
    const { port, client, dataDir } = await serve()
    const session = rawSession(port)
    const garbage = rawUpload(session, header(encoding))
    await garbage.write(frame(Buffer.concat([packed, Buffer.alloc(100)]), 1).subarray(0, -50))
    expect(await garbage.answer).toMatchObject({ code: status.INVALID_ARGUMENT })

    const cancelled = rawUpload(session, header(encoding))
    await cancelled.write(frame(packed, 1))
    cancelled.cancel()
    // An answer to a later call on the connection proves that the server knows of the cancellation.
    const later = rawUpload(session)
    await later.write(frame(uploadMessage('y\n3\n')))
    later.end()
    expect(await later.answer).toMatchObject({ code: status.OK })
    expect(await columnSum(client, 'x')).toBe(0n)
    expect(stored(dataDir)).toHaveLength(2)
  },
)

describe('a message that is wrong from the start', () => {
  test('a call is refused before its body has arrived', async () => {
    const { port, dataDir } = await serve()
    const call = rawUpload(rawSession(port))
    await call.write(frame(Buffer.alloc(1000), 9))
    expect(await call.answer).toMatchObject({ code: status.INVALID_ARGUMENT })
    expect(incoming(dataDir)).toEqual([])
  })

  test('gets its status while the client still sends', async () => {
    const { port } = await serve()
    const call = rawUpload(rawSession(port))
    void call.write(Buffer.concat([Buffer.from([9]), randomBytes(20e6)]))
    call.end()
    expect(await call.answer).toMatchObject({ code: status.INVALID_ARGUMENT })
  })

  test('does not disturb the other calls of its connection', async () => {
    const { port, client } = await serve()
    const session = rawSession(port)
    const whole = rawUpload(session)
    await whole.write(frame(message).subarray(0, 7))
    for (let i = 0; i < 20; i++) {
      const broken = rawUpload(session)
      void broken.write(Buffer.concat([Buffer.from([9]), randomBytes(300_000)]))
      await broken.answer
    }
    await whole.write(frame(message).subarray(7))
    whole.end()
    expect(await whole.answer).toMatchObject({ code: status.OK })
    expect(await columnSum(client, 'x')).toBe(1n)
  })
})

describe('unusual but valid messages', () => {
  const valid: [string, Record<string, string>, Uint8Array][] = [
    ['gzip', header('gzip'), frame(gzipSync(message), 1)],
    ['deflate', header('deflate'), frame(deflateSync(message), 1)],
    ['an encoding that this message does not use', header('gzip'), frame(message)],
    ['an earlier csv_data', {}, frame(Buffer.concat([uploadMessage('y\n7\n'), message]))],
    ['two earlier csv_data', {}, frame(Buffer.concat([message, uploadMessage('y\n7\n'), message]))],
  ]
  test.each(valid)('%s', async (_what, headers, bytes) => {
    const { port, client, dataDir } = await serve()
    const call = rawUpload(rawSession(port), headers)
    for (const byte of bytes) await call.write(Uint8Array.of(byte))
    call.end()
    expect(await call.answer).toMatchObject({ code: status.OK })
    expect(await columnSum(client, 'x')).toBe(1n)
    expect(await columnSum(client, 'y')).toBe(0n)
    expect(incoming(dataDir)).toEqual([])
    expect(stored(dataDir)).toHaveLength(2)
  })
})
