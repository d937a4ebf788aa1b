import { status } from '@grpc/grpc-js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { FrameDecoder } from '../../src/grpc/framing.ts'
import { chunksOf } from '../support/chunks.ts'

function frame(message: Uint8Array, flag = 0): Buffer {
  const prefix = Buffer.alloc(5)
  prefix[0] = flag
  prefix.writeUInt32BE(message.length, 1)
  return Buffer.concat([prefix, message])
}

function decode(chunks: readonly Uint8Array[], limit?: number): Buffer {
  const decoder = new FrameDecoder(limit)
  const parts = chunks.map(chunk => decoder.push(chunk))
  decoder.end()
  return Buffer.concat(parts)
}

test('takes the message out of its frame, in any chunks', () => {
  const cut = fc
    .uint8Array({ maxLength: 100 })
    .chain(message => fc.tuple(fc.constant(message), chunksOf(frame(message))))
  fc.assert(
    fc.property(cut, ([message, chunks]) => {
      expect(decode(chunks)).toEqual(Buffer.from(message))
    }),
  )
})

test('refuses a request that is cut off anywhere', () => {
  const whole = frame(Buffer.from('1,2,3\n'))
  for (let length = 1; length < whole.length; length++)
    expect(() => decode([whole.subarray(0, length)])).toThrow(
      expect.objectContaining({
        code: status.INVALID_ARGUMENT,
        message: expect.stringContaining(`the request ended after ${length} bytes`),
      }),
    )
})

test('refuses no message and more than one, as grpc does', () => {
  expect(() => decode([])).toThrow(expect.objectContaining({ code: status.UNIMPLEMENTED }))
  const two = Buffer.concat([frame(Buffer.from('a')), frame(Buffer.from('b'))])
  fc.assert(
    fc.property(chunksOf(two), chunks => {
      expect(() => decode(chunks)).toThrow(expect.objectContaining({ code: status.UNIMPLEMENTED }))
    }),
  )
})

test('refuses a message over the limit as soon as its length is known', () => {
  expect(decode([frame(Buffer.alloc(10))], 10)).toHaveLength(10)
  expect(() => new FrameDecoder(10).push(frame(Buffer.alloc(11)).subarray(0, 5))).toThrow(
    expect.objectContaining({
      code: status.RESOURCE_EXHAUSTED,
      message: expect.stringContaining('has 11 bytes, at most 10'),
    }),
  )
})

test('knows whether the message is compressed', () => {
  const decoder = new FrameDecoder()
  decoder.push(frame(Buffer.from('x'), 1))
  expect(decoder.compressed).toBe(true)
  expect(() => decode([frame(Buffer.from('x'), 2)])).toThrow('starts with the byte 2, expected 0')
})
