import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { Arrival } from '../../src/ingest/arrival.ts'
import { thrown } from '../support/directories.ts'

test('bytes that have arrived can be read at once, and a complete file has no more', () => {
  const arrival = new Arrival()
  arrival.add(10)
  arrival.add(5)
  expect(arrival.waitFor(12)).toEqual({ end: 15, complete: false })
  arrival.complete()
  expect(arrival.waitFor(1000)).toEqual({ end: 15, complete: true })
})

test('sizes of up to 4 GiB are reported', () => {
  const arrival = new Arrival()
  arrival.add(2 ** 31)
  arrival.add(2 ** 31 - 1)
  expect(arrival.bytes).toBe(2 ** 32 - 1)
  expect(arrival.waitFor(2 ** 32 - 1).end).toBe(2 ** 32 - 1)
})

test('reached resolves to whether that many bytes arrived', async () => {
  const large = new Arrival()
  const reached = large.reached(100)
  large.add(99)
  large.add(1)
  expect(await reached).toBe(true)
  for (const end of ['complete', 'abandon'] as const) {
    const small = new Arrival()
    const missed = small.reached(100)
    small.add(99)
    small[end]()
    expect(await missed).toBe(false)
  }
})

test('reached counts what happened before the call', async () => {
  const large = new Arrival()
  large.add(100)
  expect(await large.reached(100)).toBe(true)
  large.complete()
  expect(await large.reached(100)).toBe(true)
  expect(await large.reached(101)).toBe(false)
  large.abandon()
  expect(await large.reached(100)).toBe(false)
})

test('an abandoned file cannot be waited for, however much of it has arrived', () => {
  const arrival = new Arrival()
  arrival.add(10)
  arrival.abandon()
  for (const wanted of [0, 5, 11])
    expect(thrown(() => arrival.waitFor(wanted)).message).toBe('the upload was abandoned')
})

/**
 * Starts another thread that answers each number with the result of `waitFor`, and `disk` with the result of
 * `waitForDisk`.
 */
function waitingThread(arrival: Arrival) {
  const worker = new Worker(new URL('./waiting-thread.ts', import.meta.url), { workerData: arrival.shared })
  onTestFinished(() => void worker.terminate())
  return async (wanted: number | 'disk'): Promise<unknown> => {
    const answered = once(worker, 'message')
    worker.postMessage(wanted)
    const [answer] = await answered
    return answer
  }
}

test('a thread that waits is woken by bytes, by the end and by a file that is abandoned', async () => {
  const arrival = new Arrival()
  const waitFor = waitingThread(arrival)
  expect(await waitFor(0)).toEqual({ end: 0, complete: false })
  let answer = waitFor(10)
  arrival.add(4)
  arrival.add(6)
  expect(await answer).toEqual({ end: 10, complete: false })
  answer = waitFor(20)
  arrival.complete()
  expect(await answer).toEqual({ end: 10, complete: true })

  const abandoned = new Arrival()
  answer = waitingThread(abandoned)(1)
  abandoned.abandon()
  expect(await answer).toBe('cancelled')
})

test('a thread that waits for the disk waits until the file is synced or abandoned', async () => {
  const arrival = new Arrival()
  const waitFor = waitingThread(arrival)
  arrival.add(4)
  arrival.complete()
  expect(await waitFor(10)).toEqual({ end: 4, complete: true })
  const order: unknown[] = []
  const answer = waitFor('disk').then(onDisk => order.push(onDisk))
  arrival.complete()
  // If the thread did not wait, its answer would come before this many answers of another thread.
  const other = waitingThread(arrival)
  for (let i = 0; i < 100; i++) await other(4)
  order.push('synced')
  arrival.onDisk()
  await answer
  expect(order).toEqual(['synced', true])
  expect(arrival.waitFor(10)).toEqual({ end: 4, complete: true })

  const abandoned = new Arrival()
  abandoned.complete()
  const never = waitingThread(abandoned)('disk')
  abandoned.abandon()
  expect(await never).toBe(false)
})

test('a wait that lasts too long gives up, whatever else arrives', () => {
  const arrival = new Arrival()
  expect(thrown(() => arrival.waitFor(1)).code).toBe('cancelled')
  arrival.add(1)
  expect(arrival.waitFor(1).end).toBe(1)
  expect(thrown(() => arrival.waitFor(2)).code).toBe('cancelled')
})
