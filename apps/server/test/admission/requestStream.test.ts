import { once } from 'node:events'
import { PassThrough, Readable } from 'node:stream'
import { expect, test } from 'vitest'
import { chunksOf } from '../../src/admission/requestStream.ts'

async function textOf(stream: Readable): Promise<string> {
  return Buffer.concat(await Array.fromAsync(chunksOf(stream))).toString()
}

test('all chunks arrive in order, however many wait', async () => {
  const texts = Array.from({ length: 1000 }, (_, i) => `${i},`)
  expect(await textOf(Readable.from(texts.map(text => Buffer.from(text))))).toBe(texts.join(''))
})

test('chunks that nobody asks for wait, and then the stream is paused', async () => {
  const stream = new PassThrough({ highWaterMark: 64 })
  const chunks = chunksOf(stream)
  stream.write('first')
  expect(`${(await chunks.next()).value}`).toBe('first')
  let written = 0
  while (stream.write(Buffer.alloc(32)) && written < 100_000) {
    written += 32
    await new Promise(resolve => setImmediate(resolve))
  }
  expect(written).toBeLessThan(100_000)
  stream.end('last')
  let rest = 0
  let last = ''
  for await (const chunk of chunks) {
    rest += chunk.length
    last = `${chunk}`
  }
  expect(rest).toBe(written + 32 + 'last'.length)
  expect(last).toBe('last')
})

test('an empty stream ends, also if it ended before it was read', async () => {
  expect(await textOf(Readable.from([]))).toBe('')
  const over = Readable.from([Buffer.from('x')])
  await textOf(over)
  expect(await textOf(over)).toBe('')
})

test('the error of a stream is thrown after the chunks that came before it', async () => {
  const stream = new PassThrough()
  stream.write('before')
  const chunks = chunksOf(stream)
  expect(`${(await chunks.next()).value}`).toBe('before')
  stream.destroy(new Error('broken'))
  await expect(chunks.next()).rejects.toMatchObject({ code: 'cancelled', cause: new Error('broken') })
})

test('a stream that closes before its end is cancelled', async () => {
  const stream = new PassThrough()
  const next = chunksOf(stream).next()
  stream.destroy()
  const closedEarly = { code: 'cancelled', cause: new Error('the stream was closed before its end') }
  await expect(next).rejects.toMatchObject(closedEarly)
  await expect(chunksOf(stream).next()).rejects.toMatchObject(closedEarly)
})

test('a stream that nobody reads any more stays open and paused', async () => {
  const stream = new PassThrough()
  stream.write('one')
  for await (const _ of chunksOf(stream)) break
  expect(stream.destroyed).toBe(false)
  expect(stream.isPaused()).toBe(true)
  expect(stream.listenerCount('data')).toBe(0)
  stream.resume().end()
  await once(stream, 'end')
})

test('whoever waits for a stream stops waiting when the signal is aborted, and the stream goes on', async () => {
  const stream = new PassThrough()
  const controller = new AbortController()
  const next = chunksOf(stream, controller.signal).next()
  controller.abort(new Error('late'))
  stream.resume().write('more')
  await expect(next).rejects.toMatchObject({ code: 'cancelled', cause: new Error('late') })
  expect([stream.isPaused(), stream.listenerCount('data')]).toEqual([false, 0])
  await expect(chunksOf(stream, controller.signal).next()).rejects.toMatchObject({ code: 'cancelled' })
})
