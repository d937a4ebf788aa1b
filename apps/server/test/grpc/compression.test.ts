import { deflateSync, gzipSync } from 'node:zlib'
import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { joined } from '../../../../testing/chunks.ts'
import { unpack, unpacked } from '../../src/grpc/compression.ts'
import { failureOf } from '../support/server.ts'

const message = Buffer.from('x\n'.repeat(5000))
const packed = { gzip: gzipSync(message), deflate: deflateSync(message) }

async function* pieces(bytes: Uint8Array) {
  for (let at = 0; at < bytes.length; at += 10) yield bytes.subarray(at, at + 10)
}

test.each(['gzip', 'deflate'] as const)(
  '%s is unpacked, whole and while it arrives, up to the limit',
  async encoding => {
    expect(unpack(packed[encoding], encoding, message.length)).toEqual(message)
    expect(await joined(unpacked(pieces(packed[encoding]), encoding, message.length))).toEqual(message)
    expect(() => unpack(packed[encoding], encoding, message.length - 1)).toThrow(
      expect.objectContaining({
        code: status.RESOURCE_EXHAUSTED,
        message: expect.stringContaining(
          `of ${packed[encoding].length} bytes unpacks to more than ${message.length - 1} bytes`,
        ),
      }),
    )
    expect(
      await failureOf(joined(unpacked(pieces(packed[encoding]), encoding, message.length - 1))),
    ).toMatchObject({ code: expect.anything() })
  },
)

test.each(['gzip', 'deflate'] as const)(
  'what is no %s, or has more behind it, is refused',
  async encoding => {
    const longer = Buffer.concat([packed[encoding], Buffer.from('more')])
    for (const bytes of [Buffer.from('no'), packed[encoding].subarray(0, -5), longer]) {
      expect(() => unpack(bytes, encoding, 100_000)).toThrow(encoding)
      await expect(joined(unpacked(pieces(bytes), encoding, 100_000))).rejects.toThrow(encoding)
    }
  },
)

test('another encoding is refused with those that there are, and none with what lacks', () => {
  expect(() => unpack(message, 'br', 100_000)).toThrow(
    expect.objectContaining({
      code: status.UNIMPLEMENTED,
      message: 'the message is compressed with br, expected gzip, deflate or identity',
    }),
  )
  expect(() => unpack(message, 'identity', 100_000)).toThrow(
    expect.objectContaining({ code: status.INTERNAL, message: expect.stringContaining('no grpc-encoding') }),
  )
})
