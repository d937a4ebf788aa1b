import { expect, test } from 'vitest'
import { queued } from '../../src/admission/queue.ts'

const cancellation = () => new Int32Array(new SharedArrayBuffer(4))

test('calls beyond the limit wait for their turn in order, and one that is cancelled meanwhile never runs', async () => {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const call = queued(2, (name: string) => {
    begun.push(name)
    return new Promise<string>(resolve => ends.push(() => resolve(name)))
  })
  const gone = cancellation()
  const results = ['a', 'b', 'c', 'd'].map(name => call(name, name === 'c' ? gone : cancellation()))
  await new Promise(setImmediate)
  expect(begun).toEqual(['a', 'b'])

  const refused = expect(results[2]).rejects.toMatchObject({ code: 'cancelled' })
  Atomics.store(gone, 0, 1)
  ends[0]?.()
  expect(await results[0]).toBe('a')
  await refused
  await new Promise(setImmediate)
  expect(begun).toEqual(['a', 'b', 'd'])
  for (const end of ends) end()
  expect(await results[3]).toBe('d')
})
