import { once } from 'node:events'
import { constants } from 'node:http2'
import type { Socket } from 'node:net'
import { status } from '@grpc/grpc-js'
import { UploadReq } from '@table/proto'
import fc from 'fast-check'
import { expect, onTestFinished, test } from 'vitest'
import type { Address } from '../src/address.ts'
import { openConnection } from '../src/connection.ts'
import { MAX_UPLOAD_BYTES, messagePrefix, streamedUpload } from '../src/streamedUpload.ts'
import { serveStreams, succeed } from './support/http2Server.ts'
import { serve } from './support/tableServer.ts'

const MB = 1_000_000
const uploadId = '0b9c6d3e-5f0a-4c6e-8f57-3f5a2f1d9b42'
/** Uploads `size` bytes in chunks. Resolves to the server's error, rejects with the CLI's. */
async function uploadBytes(address: Address, size: number, chunkSize = 100_000): Promise<string> {
  const session = await openConnection(address)
  onTestFinished(() => session.destroy())
  const chunks = function* () {
    for (let left = size; left > 0; left -= chunkSize) yield Buffer.alloc(Math.min(left, chunkSize), 'x')
  }
  const { error } = await streamedUpload(session, address, { size, chunks: chunks() }, { uploadId }, () => {})
  return error
}

test('the bytes before the CSV are what grpc-js and ts-proto would send', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 40_000, size: 'max' }), csvData => {
      const message = UploadReq.encode({ csvData }).finish()
      const frame = Buffer.alloc(5)
      frame.writeUInt32BE(message.length, 1)
      expect(Buffer.concat([messagePrefix(csvData.length), csvData])).toEqual(Buffer.concat([frame, message]))
    }),
    { numRuns: 50, examples: [0, 1, 127, 128, 16383, 16384].map(size => [new Uint8Array(size)]) },
  )
})

test('the largest upload fills the 32 bits of the length, and one byte more is refused', async () => {
  expect(messagePrefix(MAX_UPLOAD_BYTES).toString('hex')).toBe(`00ffffffff0af9ffffff0f`)
  const address = await serve({})
  await expect(uploadBytes(address, MAX_UPLOAD_BYTES + 1)).rejects.toThrow(
    '4294967290 bytes (4.3 GB), one upload takes at most 4294967289 bytes (4.3 GB): split it',
  )
})

test.each([0, 1, 100, 16_384, 3 * MB])('%i bytes arrive as they are', async size => {
  let received = Buffer.alloc(0)
  const address = await serve({
    upload: ({ csvData }) => {
      received = Buffer.from(csvData)
      return {}
    },
  })
  expect(await uploadBytes(address, size)).toBe('')
  expect(received.equals(Buffer.alloc(size, 'x'))).toBe(true)
})

test('an error in the data is part of the answer', async () => {
  const address = await serve({ upload: () => ({ error: 'line 2: naïve' }) })
  expect(await uploadBytes(address, 10)).toBe('line 2: naïve')
})

test('a status comes with its message, decoded', async () => {
  const address = await serve({
    upload: () => Promise.reject({ code: status.RESOURCE_EXHAUSTED, details: '100 % full: né\nfree some' }),
  })
  await expect(uploadBytes(address, 10)).rejects.toThrow('the server refused: 100 % full: né free some')
})

test('an early answer counts, and ends the sending', async () => {
  const address = await serve({}, { 'grpc.max_receive_message_length': MB })
  await expect(uploadBytes(address, 300 * MB)).rejects.toThrow(/^the server refused: .* larger than max \(/i)
})

test('an early answer ends an upload that the server neither reads nor resets', async () => {
  const address = await serveStreams(stream => {
    stream.once('data', () => {
      stream.pause()
      stream.respond(
        {
          ':status': 200,
          'content-type': 'application/grpc+proto',
          'grpc-status': 8,
          'grpc-message': 'full%21',
        },
        { endStream: true },
      )
    })
  })
  await expect(uploadBytes(address, 300 * MB)).rejects.toThrow('the server refused: full!')
})

test('an early success, before the end of the upload, does not count', async () => {
  const address = await serveStreams(stream => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': 0 }))
    stream.end(Buffer.alloc(5))
  })
  await expect(uploadBytes(address, 300 * MB)).rejects.toThrow(/^lost the connection .* \(early answer\)/)
})

test.each([
  ['closed', (socket: Socket) => socket.destroy()],
  ['reset', (socket: Socket) => socket.resetAndDestroy()],
])('a connection that is %s in the middle is lost, and nothing was stored', async (_how, end) => {
  const address = await serveStreams((stream, socket) => stream.once('data', () => end(socket)))
  await expect(uploadBytes(address, 300 * MB)).rejects.toThrow(
    /^lost the connection to 127.0.0.1:\d+ after [\d.]+ \w+ of 300.0 MB.*: nothing was stored, upload it again$/,
  )
})

test('a connection that is lost after the last byte leaves open whether the upload is stored', async () => {
  const address = await serveStreams((stream, socket) => stream.resume().once('end', () => socket.destroy()))
  await expect(uploadBytes(address, MB)).rejects.toThrow(
    /^lost the connection to 127.0.0.1:\d+ before it answered.*: it may or may not have stored the upload/,
  )
})

test('a reset stream says why', async () => {
  const address = await serveStreams(stream =>
    stream.once('data', () => stream.close(constants.NGHTTP2_INTERNAL_ERROR)),
  )
  await expect(uploadBytes(address, 300 * MB)).rejects.toThrow(/NGHTTP2_INTERNAL_ERROR/)
})

test('a server that closes the connection with an error ends the upload', async () => {
  const address = await serveStreams(stream =>
    stream.once('data', () => stream.session?.destroy(undefined, constants.NGHTTP2_ENHANCE_YOUR_CALM)),
  )
  await expect(uploadBytes(address, 300 * MB)).rejects.toThrow(/^lost the connection/)
})

test('a server that shuts down gracefully still answers the calls under way', async () => {
  const address = await serveStreams(stream => {
    stream.session?.close()
    void succeed(stream.resume())
  })
  expect(await uploadBytes(address, 3 * MB)).toBe('')
})

test('an HTTP/2 server that is not a table server is reported as such', async () => {
  const address = await serveStreams(stream => stream.respond({ ':status': 404 }, { endStream: true }))
  await expect(uploadBytes(address, MB)).rejects.toThrow(
    'is not a table server (it answered with HTTP status 404)',
  )
})

test('an answer that is cut short is an error', async () => {
  const address = await serveStreams(stream => {
    stream.respond({ ':status': 200, 'content-type': 'application/grpc' }, { waitForTrailers: true })
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': 0 }))
    stream.resume().once('end', () => stream.end(Buffer.from([0, 0, 0, 0, 9, 10])))
  })
  await expect(uploadBytes(address, 10)).rejects.toThrow('found 6 bytes that are not one plain message')
})

test('a source that fails ends the call', async () => {
  let reset: Promise<unknown> | undefined
  const address = await serveStreams(stream => {
    reset = once(stream.resume(), 'aborted')
  })
  const session = await openConnection(address)
  onTestFinished(() => session.destroy())
  const chunks = (function* () {
    yield Buffer.alloc(MB)
    throw new Error('unreadable')
  })()
  await expect(
    streamedUpload(session, address, { size: 2 * MB, chunks }, { uploadId }, () => {}),
  ).rejects.toThrow('unreadable')
  await reset
})

test('uploads share a connection', async () => {
  const address = await serve({ upload: ({ csvData }) => ({ error: String(csvData.length) }) })
  const session = await openConnection(address)
  onTestFinished(() => session.destroy())
  const sizes = [1, 2, 3, 4, 5, 6, 7, 8].map(n => n * 100_000)
  const answers = sizes.map(async size => {
    const source = { size, chunks: [Buffer.alloc(size)] }
    return (await streamedUpload(session, address, source, { uploadId }, () => {})).error
  })
  expect(await Promise.all(answers)).toEqual(sizes.map(String))
})

test('uploads that wait for their turn on a connection are lost with the connection', async () => {
  const address = await serveStreams((stream, socket) => stream.once('data', () => socket.destroy()), {
    settings: { maxConcurrentStreams: 1 },
  })
  const session = await openConnection(address)
  onTestFinished(() => session.destroy())
  const source = { size: 300 * MB, chunks: [Buffer.alloc(MB)] }
  const answers = await Promise.allSettled(
    [1, 2].map(() => streamedUpload(session, address, source, { uploadId }, () => {})),
  )
  expect(answers.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})
