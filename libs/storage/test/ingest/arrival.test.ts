import { Worker } from 'node:worker_threads'
import { expect, onTestFinished, test } from 'vitest'
import { Arrival } from '../../src/ingest/arrival.ts'
import { thrown } from '../support/directories.ts'

test('what is there is there, and all that will be is all', () => {
  const arrival = new Arrival()
  arrival.add(10)
  arrival.add(5)
  expect(arrival.waitFor(12)).toEqual({ end: 15, complete: false })
  arrival.complete()
  expect(arrival.waitFor(1000)).toEqual({ end: 15, complete: true })
})

test('sizes up to 4 GiB are told', () => {
  const arrival = new Arrival()
  arrival.add(2 ** 31)
  arrival.add(2 ** 31 - 1)
  expect(arrival.bytes).toBe(2 ** 32 - 1)
  expect(arrival.waitFor(2 ** 32 - 1).end).toBe(2 ** 32 - 1)
})

test('reached tells whether so many bytes came', async () => {
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

test('reached knows what has happened before it is asked', async () => {
  const large = new Arrival()
  large.add(100)
  expect(await large.reached(100)).toBe(true)
  large.complete()
  expect(await large.reached(100)).toBe(true)
  expect(await large.reached(101)).toBe(false)
  large.abandon()
  expect(await large.reached(100)).toBe(false)
})

test('a file that was abandoned cannot be waited for, however much of it is there', () => {
  const arrival = new Arrival()
  arrival.add(10)
  arrival.abandon()
  for (const wanted of [0, 5, 11])
    expect(thrown(() => arrival.waitFor(wanted)).message).toBe('the upload was abandoned')
})

/** Another thread that answers each number it is sent with what `waitFor` says, `disk` with what `waitForDisk` says. */
function waitingThread(arrival: Arrival) {
  const worker = new Worker(new URL('./waiting-thread.ts', import.meta.url), { workerData: arrival.shared })
  onTestFinished(() => void worker.terminate())
  return (wanted: number | 'disk') =>
    new Promise((resolve, reject) => {
      worker.once('message', resolve).once('error', reject)
      worker.postMessage(wanted)
    })
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

test('a thread that waits for the disk waits for nothing less, and not for a file that is abandoned', async () => {
  const arrival = new Arrival()
  const waitFor = waitingThread(arrival)
  arrival.add(4)
  arrival.complete()
  expect(await waitFor(10)).toEqual({ end: 4, complete: true })
  const order: unknown[] = []
  const answer = waitFor('disk').then(onDisk => order.push(onDisk))
  arrival.complete()
  // Were it not to wait, its answer would be here before so many of another thread.
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

test('who waits in vain gives up, whatever else comes', () => {
  const arrival = new Arrival()
  expect(thrown(() => arrival.waitFor(1)).code).toBe('cancelled')
  arrival.add(1)
  expect(arrival.waitFor(1).end).toBe(1)
  expect(thrown(() => arrival.waitFor(2)).code).toBe('cancelled')
})
