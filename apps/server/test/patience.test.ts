import { status } from '@grpc/grpc-js'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { patiently } from '../src/patience.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Sends `bytes` a second. */
async function* sending(bytes: number, seconds: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < seconds; i++) {
    await wait(1000)
    yield Buffer.alloc(bytes)
  }
}

/** The number of bytes that arrive, or the error, and after how many seconds. */
async function read(chunks: AsyncIterable<Uint8Array>): Promise<{ seconds: number; result: unknown }> {
  const start = performance.now()
  let bytes = 0
  const reading = (async () => {
    for await (const chunk of patiently(chunks, 60)) bytes += chunk.length
    return bytes
  })().catch(error => error)
  const result = reading.then(result => ({ result, seconds: Math.round((performance.now() - start) / 1000) }))
  await vi.advanceTimersByTimeAsync(1_000_000)
  return result
}

test('a client that sends enough may take longer than the limit, one that trickles may not', async () => {
  expect(await read(sending(300, 600))).toEqual({ seconds: 600, result: 180_000 })
  expect(await read(sending(1, 600))).toMatchObject({
    seconds: 60,
    result: {
      code: status.DEADLINE_EXCEEDED,
      message: expect.stringMatching(
        /^waited for 60 s for the client, which sent (59|60) bytes in that time/,
      ),
    },
  })
})

test('the time that the reader takes does not count', async () => {
  const chunks = patiently(sending(1, 2), 60)
  const first = chunks.next()
  await vi.advanceTimersByTimeAsync(1000)
  await first
  await vi.advanceTimersByTimeAsync(600_000)
  const second = chunks.next()
  await vi.advanceTimersByTimeAsync(1000)
  expect(await second).toMatchObject({ done: false })
})

test('a failure on the way is the failure here', async () => {
  async function* broken() {
    yield Buffer.alloc(1)
    throw new Error('the line is cut')
  }
  expect(await read(broken())).toEqual({ seconds: 0, result: new Error('the line is cut') })
})
