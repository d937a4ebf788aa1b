import { status } from '@grpc/grpc-js'
import { expect, onTestFinished, test } from 'vitest'
import type { Address } from '../src/address.ts'
import { TransientError } from '../src/errors.ts'
import { Uploader } from '../src/uploader.ts'
import { serveStreams, succeed } from './support/http2Server.ts'
import { serve } from './support/tableServer.ts'

const MB = 1_000_000

function uploaderTo(address: Address, limit?: number) {
  const notes: string[] = []
  const uploader = new Uploader(address, note => notes.push(note), limit)
  onTestFinished(() => uploader.close())
  const upload = (text: string, times = 1) =>
    uploader.upload(use => use({ size: times * text.length, chunks: Array(times).fill(Buffer.from(text)) }))
  return { uploader, upload, notes }
}

test('if the server is unavailable, the whole upload is tried again', async () => {
  const received: string[] = []
  const address = await serve({
    upload: ({ csvData }) => {
      received.push(Buffer.from(csvData).toString())
      if (received.length < 3) throw { code: status.UNAVAILABLE, details: 'shutting down' }
      return { error: 'stored' }
    },
  })
  const { upload, notes } = uploaderTo(address)
  expect(await upload('x\n1\n')).toMatchObject({ error: 'stored' })
  expect(received).toEqual(Array(3).fill('x\n1\n'))
  expect(notes).toEqual([
    expect.stringMatching(`^${address.name} does not answer now: trying again until \\d`),
  ])
})

test('uploads that are lost together are repeated each with its own id, and reported by one note', async () => {
  const ids = new Map<unknown, number>()
  const address = await serveStreams((stream, socket, headers) => {
    const id = headers['upload-id']
    ids.set(id, (ids.get(id) ?? 0) + 1)
    if (ids.get(id) === 2) void succeed(stream.resume())
    else if (ids.size === 8) socket.destroy()
  })
  const { upload, notes } = uploaderTo(address)
  await Promise.all(Array.from({ length: 8 }, () => upload('x\n1\n')))
  expect([...ids.values()]).toEqual(Array(8).fill(2))
  expect(notes).toHaveLength(1)
})

test.each([
  ['what is wrong with the data', {}, 'bad'],
  ['a refusal', { code: status.RESOURCE_EXHAUSTED, details: 'full' }, undefined],
  ['a failure', { code: status.INTERNAL, details: 'internal error' }, undefined],
])('%s is not asked for twice', async (_, failure, error) => {
  let calls = 0
  const address = await serve({
    upload: () => {
      calls++
      if (!error) throw failure
      return { error }
    },
  })
  const { upload, notes } = uploaderTo(address)
  const answer = upload('x\n')
  if (error) expect(await answer).toMatchObject({ error })
  else await expect(answer).rejects.toThrow(/^the server/)
  expect([calls, notes]).toEqual([1, []])
})

test('the retries end if the server does not come back, and an upload that may be stored is not reported as lost', async () => {
  // On a busy machine the uploader may give up before its third attempt: give it more time then.
  let streams = 0
  for (let limit = 1000; streams < 3 && limit < 100_000; limit *= 2) {
    streams = 0
    const address = await serveStreams((stream, socket) => {
      // The second upload arrives completely.
      if (++streams === 2) stream.resume().once('end', () => socket.destroy())
      else stream.once('data', () => socket.destroy())
    })
    const { upload } = uploaderTo(address, limit)
    const failure: unknown = await upload('x'.repeat(MB), 30).catch(error => error)
    expect(failure).toBeInstanceOf(TransientError)
    if (streams > 1) expect((failure as Error).message).toMatch(/it may or may not have stored the upload/)
  }
  expect(streams).toBeGreaterThan(2)
})

test('an outage lasts until the server takes bytes again', async () => {
  let streams = 0
  const outages: number[] = []
  const address = await serveStreams((stream, socket) => {
    if (++streams <= 2) stream.once('data', () => socket.destroy())
    else void succeed(stream.resume())
  })
  const { uploader } = uploaderTo(address)
  const chunks = Array(30).fill(Buffer.alloc(MB))
  const onSent = (bytes: number) => {
    // The third attempt: an attempt begins by saying that nothing is sent.
    if (streams === 3 && bytes > 0) outages.push(uploader.isOut ? -1 : uploader.outage)
  }
  await uploader.upload(use => use({ size: 30 * MB, chunks }), { onSent })
  expect(outages).toHaveLength(30)
  // The two waits take at least half of 100 and of 200 ms.
  expect(outages[0]).toBeGreaterThan(0.149)
  expect(new Set(outages).size).toBe(1)
})

test('an address that never answered is not tried again', async () => {
  const address = await serveStreams((_stream, socket) => socket.destroy())
  const { upload } = uploaderTo({ ...address, port: 1, name: '127.0.0.1:1' })
  await expect(upload('x\n')).rejects.toThrow('cannot reach 127.0.0.1:1: start the server')
})
