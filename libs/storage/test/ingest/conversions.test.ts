import { availableParallelism } from 'node:os'
import { expect, test } from 'vitest'
import { StorageError } from '../../src/errors.ts'
import { Conversions } from '../../src/ingest/conversions.ts'

const places = Math.max(2, availableParallelism())

/** Work that ends when it is told to. */
function held<T>() {
  const { promise, resolve, reject } = Promise.withResolvers<T>()
  return { promise, resolve, reject }
}

const turn = () => new Promise(setImmediate)

test('as many conversions run at once as there are cores, and the others wait for their turn', async () => {
  const conversions = new Conversions()
  const works = Array.from({ length: places + 2 }, () => held<number>())
  const begun: number[] = []
  const done = works.map(({ promise }, i) =>
    conversions.run(() => {
      begun.push(i)
      return promise
    }),
  )
  await turn()
  expect([conversions.running, conversions.waiting]).toEqual([places, 2])
  expect(begun).toEqual(Array.from({ length: places }, (_, i) => i))
  works[0]?.resolve(7)
  expect(await done[0]).toBe(7)
  await turn()
  expect([conversions.running, conversions.waiting, begun.at(-1)]).toEqual([places, 1, places])
  works[1]?.reject(new Error('so it is'))
  await expect(done[1]).rejects.toThrow('so it is')
  await turn()
  expect([conversions.running, conversions.waiting]).toEqual([places, 0])
  for (const { resolve } of works) resolve(0)
  await Promise.all(done.slice(2))
  expect([conversions.running, conversions.waiting]).toEqual([0, 0])
})

test('a light conversion is done once, and its error is the answer', async () => {
  const conversions = new Conversions()
  const tries: boolean[] = []
  const light = (alone: boolean) => {
    tries.push(alone)
    return Promise.resolve('done')
  }
  expect(await conversions.lightOrAlone(light)).toBe('done')
  const error = new StorageError('invalid', 'line 2')
  await expect(conversions.lightOrAlone(() => Promise.reject(error))).rejects.toBe(error)
  await expect(conversions.lightOrAlone(() => Promise.reject(new TypeError('heavy')))).rejects.toThrow(
    TypeError,
  )
  expect(tries).toEqual([false])
})

test('heavy conversions are done again, one after the other, also after one that failed', async () => {
  const conversions = new Conversions()
  const works = [held<string>(), held<string>(), held<string>()]
  const alone: number[] = []
  const done = works.map(({ promise }, i) =>
    conversions.lightOrAlone(isAlone => {
      if (!isAlone) return Promise.reject(new StorageError('heavy', 'a record is longer than a block'))
      alone.push(i)
      return promise
    }),
  )
  await turn()
  expect(alone).toEqual([0])
  works[0]?.reject(new Error('so it is'))
  await expect(done[0]).rejects.toThrow('so it is')
  await turn()
  expect(alone).toEqual([0, 1])
  works[1]?.resolve('second')
  works[2]?.resolve('third')
  expect(await Promise.all(done.slice(1))).toEqual(['second', 'third'])
  expect(alone).toEqual([0, 1, 2])
})
