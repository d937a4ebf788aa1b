import { gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import type { IdleTimeout } from '../../src/admission/idleTimeout.ts'
import type { RequestBody } from '../../src/grpc/call.ts'
import { messagesOf } from '../../src/grpc/messageStream.ts'
import { frame } from '../support/server.ts'

const patient = { read: <T>(parts: AsyncIterable<T>) => parts } as unknown as IdleTimeout

/** Reads the messages of a request that arrives in pieces of this size. */
async function read(bytes: Uint8Array, limit: number, piece = 3): Promise<string[]> {
  async function* chunks() {
    for (let at = 0; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
  }
  const body = { chunks: chunks(), encoding: 'gzip' } as unknown as RequestBody
  const messages: string[] = []
  for await (const message of messagesOf(body, limit, patient)) {
    const parts: Buffer[] = []
    for await (const part of message) parts.push(Buffer.from(part))
    messages.push(String(Buffer.concat(parts)))
  }
  return messages
}

const text = Buffer.from('x\n'.repeat(500))
const request = Buffer.concat([frame(Buffer.from('one')), frame(new Uint8Array()), frame(gzipSync(text), 1)])

test.each([1, 3, 7, 100_000])(
  'messages are read one after the other from pieces of %i bytes',
  async piece => {
    expect(await read(request, 10_000, piece)).toEqual(['one', '', String(text)])
    expect(await read(new Uint8Array(), 10_000, piece)).toEqual([])
  },
)

test('all messages together have a limit, with their prefixes as they are sent, and without when unpacked', async () => {
  const plain = Buffer.concat([frame(Buffer.from('12345')), frame(Buffer.from('67'))])
  expect(await read(plain, plain.length)).toEqual(['12345', '67'])
  await expect(read(plain, plain.length - 1)).rejects.toMatchObject({
    code: status.RESOURCE_EXHAUSTED,
    message: expect.stringMatching(/have at least 17 bytes together, at most 16 are allowed/),
  })
  const packed = Buffer.concat([frame(Buffer.from('one')), frame(gzipSync(text), 1)])
  expect(await read(packed, text.length + 3)).toHaveLength(2)
  await expect(read(packed, text.length + 2)).rejects.toMatchObject({ code: status.RESOURCE_EXHAUSTED })
})

test('a request that ends inside a message is refused', async () => {
  for (const bytes of [request.subarray(0, 3), request.subarray(0, 7), request.subarray(0, -1)])
    await expect(read(bytes, 10_000)).rejects.toThrow()
})
