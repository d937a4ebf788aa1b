import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { IdleTimeout } from '../../src/admission/idleTimeout.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const wait = (ms: number) => new Promise(resolve => setTimeout(resolve, ms))

/** Yields `bytes` bytes every second. */
async function* sending(bytes: number, seconds: number): AsyncGenerator<Uint8Array> {
  for (let i = 0; i < seconds; i++) {
    await wait(1000)
    yield Buffer.alloc(bytes)
  }
}

/** Resolves to the number of bytes that arrive, or the error, and after how many seconds. */
async function read(chunks: AsyncIterable<Uint8Array>): Promise<{ seconds: number; result: unknown }> {
  const start = performance.now()
  let bytes = 0
  const reading = (async () => {
    for await (const chunk of new IdleTimeout(60).read(chunks)) bytes += chunk.length
    return bytes
  })().catch(error => error)
  const result = reading.then(result => ({ result, seconds: Math.round((performance.now() - start) / 1000) }))
  await vi.advanceTimersByTimeAsync(1_000_000)
  return result
}

test('a client that sends enough may take longer than the limit, a client that trickles may not', async () => {
  expect(await read(sending(300, 600))).toEqual({ seconds: 600, result: 180_000 })
  expect(await read(sending(1, 600))).toMatchObject({
    seconds: 60,
    result: {
      code: 'too-slow',
      message: expect.stringMatching(
        /^waited for 60 s for the client, which sent (59|60) bytes in that time/,
      ),
    },
  })
})

test('time that the reader takes does not count', async () => {
  const chunks = new IdleTimeout(60).read(sending(1, 2))
  const first = chunks.next()
  await vi.advanceTimersByTimeAsync(1000)
  await first
  await vi.advanceTimersByTimeAsync(600_000)
  const second = chunks.next()
  await vi.advanceTimersByTimeAsync(1000)
  expect(await second).toMatchObject({ done: false })
})

test('the failure of a stream is thrown', async () => {
  async function* broken() {
    yield Buffer.alloc(1)
    throw new Error('the line is cut')
  }
  expect(await read(broken())).toEqual({ seconds: 0, result: new Error('the line is cut') })
})

test('when there are too many clients, the slowest that has kept the server waiting for over a second is given up', async () => {
  const idleTimeout = new IdleTimeout(60)
  const waiting = (bytes: number) => {
    const chunks = idleTimeout.read(sending(bytes, 100))
    return (async () => {
      for await (const _chunk of chunks);
    })().catch(error => error.message)
  }
  const ended: string[] = []
  for (const [name, bytes] of [
    ['quick', 20_000],
    ['slow', 10],
    ['late', 10],
  ] as const) {
    void waiting(bytes).then(message => ended.push(`${name}: ${message}`))
    await vi.advanceTimersByTimeAsync(2500)
  }
  expect(ended).toEqual([])
  const gaveUp = async () => {
    const result = idleTimeout.giveUpSlowest()
    await vi.advanceTimersByTimeAsync(0)
    return result
  }
  expect([await gaveUp(), await gaveUp(), await gaveUp()]).toEqual([true, true, false])
  expect(ended).toEqual([
    expect.stringMatching(/^slow: the server is busy/),
    expect.stringMatching(/^late: the server is busy/),
  ])
})
