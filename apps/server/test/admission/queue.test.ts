import { expect, test } from 'vitest'
import { queue } from '../../src/admission/queue.ts'

test('calls beyond the limit wait in order, and a call that is cancelled while it waits never runs', async () => {
  const begun: string[] = []
  const ends: (() => void)[] = []
  const call = queue(2)
  const work = (name: string) => () => {
    begun.push(name)
    return new Promise<string>(resolve => ends.push(() => resolve(name)))
  }
  const gone = new AbortController()
  const stays = new AbortController().signal
  const results = ['a', 'b', 'c', 'd'].map(name => call(work(name), name === 'c' ? gone.signal : stays))
  await new Promise(setImmediate)
  expect(begun).toEqual(['a', 'b'])

  gone.abort(new Error('gone'))
  // It ends although both places are taken.
  await expect(results[2]).rejects.toThrow('gone')
  await expect(call(work('e'), gone.signal)).rejects.toThrow('gone')
  ends[0]?.()
  expect(await results[0]).toBe('a')
  await new Promise(setImmediate)
  expect(begun).toEqual(['a', 'b', 'd'])
  for (const end of ends) end()
  expect(await results[3]).toBe('d')
})

test('work that fails gives its place to the next', async () => {
  const call = queue(1)
  const { signal } = new AbortController()
  const failing = () => Promise.reject(new Error('failed'))
  const results = [failing, failing, async () => 'done'].map(work => call(work, signal))
  expect((await Promise.allSettled(results)).map(({ status }) => status)).toEqual([
    'rejected',
    'rejected',
    'fulfilled',
  ])
  expect(await call(async () => 'again', signal)).toBe('again')
})
