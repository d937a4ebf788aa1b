import { deflateSync, gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdleTimeout } from '../../src/admission/idleTimeout.ts'
import { messageBytes } from '../../src/grpc/streamedMessage.ts'
import { chunksOf } from '../support/chunks.ts'
import { frame } from '../support/server.ts'

async function received(chunks: readonly Uint8Array[], encoding: string, uploadBytes = 1e9): Promise<Buffer> {
  const body = {
    encoding,
    chunks: (async function* () {
      yield* chunks
    })(),
  }
  const parts: Uint8Array[] = []
  for await (const part of messageBytes(body, uploadBytes, new IdleTimeout(60))) parts.push(part)
  return Buffer.concat(parts)
}

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
])('unpacks %s, in any chunks', async (encoding, pack) => {
  const cut = fc
    .uint8Array({ maxLength: 500 })
    .chain(message => fc.tuple(fc.constant(message), chunksOf(frame(pack(message), 1))))
  await fc.assert(
    fc.asyncProperty(cut, async ([message, chunks]) => {
      expect(await received(chunks, encoding)).toEqual(Buffer.from(message))
    }),
  )
})

test('stops unpacking at the limit', async () => {
  const zeros = gzipSync(Buffer.alloc(50_000_000))
  await expect(received([frame(zeros, 1)], 'gzip', 1_000_000)).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    message: expect.stringMatching(/has 10\d{5} bytes, at most 1000000 are allowed/),
  })
})

const message = Buffer.from('hello '.repeat(20))
const tails: [string, Uint8Array][] = [
  ['a zero', Buffer.alloc(1)],
  ['text', Buffer.from('text')],
  ['what looks like a gzip', Buffer.from([0x1f, 0x8b])],
  ['a second gzip', gzipSync(message)],
  ['a second deflate', deflateSync(message)],
]
const encodings: [string, (bytes: Uint8Array) => Buffer][] = [
  ['gzip', gzipSync],
  ['deflate', deflateSync],
]

test.each(encodings.flatMap(encoding => tails.map(tail => [...encoding, ...tail] as const)))(
  'refuses a %s message (%o) that has %s after its compressed data',
  async (encoding, pack, _what, tail) => {
    const packed = frame(Buffer.concat([pack(message), tail]), 1)
    const end = packed.length - tail.length
    for (const chunks of [[packed], [packed.subarray(0, end), packed.subarray(end)]])
      await expect(received(chunks, encoding)).rejects.toMatchObject({
        code: 'invalid-request',
        message: expect.stringContaining(`the message is not ${encoding} data (Trailing junk`),
      })
  },
)

test.each(encodings)('a %s message is whole only when the request has ended', async (encoding, pack) => {
  const packed = frame(pack(message), 1)
  const longer = Buffer.from(packed)
  longer.writeUInt32BE(packed.length - 4, 1)
  await expect(received([longer], encoding)).rejects.toThrow(`the request ended after ${packed.length} bytes`)

  let end = () => {}
  const ended = new Promise<void>(resolve => {
    end = resolve
  })
  async function* slow() {
    yield packed
    await ended
  }
  const reading = messageBytes({ encoding, chunks: slow() }, 1e9, new IdleTimeout(60))
  expect((await reading.next()).value).toEqual(message)
  let over = false
  const last = reading.next().then(({ done }) => {
    over = true
    return done
  })
  await new Promise(setImmediate)
  expect(over).toBe(false)
  end()
  expect(await last).toBe(true)
})

test.each([0, 1])('an error on the way is the error here (compressed: %i)', async flag => {
  async function* broken() {
    yield frame(gzipSync('x\n1\n'), flag).subarray(0, 12)
    throw new Error('the line is cut')
  }
  const reading = async () => {
    for await (const _part of messageBytes({ encoding: 'gzip', chunks: broken() }, 1e9, new IdleTimeout(60)));
  }
  await expect(reading()).rejects.toThrow('the line is cut')
})
