import { expect, test } from 'vitest'
import { Guarded } from '../../src/catalogue/lock.ts'

test('the lock is held exactly while a critical section runs', async () => {
  const guarded = new Guarded({ count: 1 })
  expect(guarded.held).toBe(false)
  const seen = guarded.access(state => ({ held: guarded.held, count: state.count }))
  expect(guarded.held).toBe(false)
  expect(await seen).toEqual({ held: true, count: 1 })
  expect(guarded.held).toBe(false)
})

test('a critical section that throws releases the lock and rejects with its own error', async () => {
  const guarded = new Guarded([1])
  const error = new Error('mine')
  const failed = guarded.access(() => {
    throw error
  })
  const next = guarded.access(state => state.length)
  await expect(failed).rejects.toBe(error)
  expect(guarded.held).toBe(false)
  expect(await next).toBe(1)
})

test('critical sections run one after the other in the order in which they were asked for', async () => {
  const guarded = new Guarded<number[]>([])
  const enter = (n: number) => guarded.access(state => state.push(n))
  await Promise.all([enter(1), enter(2), Promise.resolve().then(() => enter(4)), enter(3)])
  expect(await guarded.access(state => state.slice())).toEqual([1, 2, 3, 4])
})

test('a critical section that waits for something does not compile', () => {
  const guarded = new Guarded([1])
  // This function never runs: the type check of the repository is the test.
  const refused = () => [
    // @ts-expect-error a promise may not be the result of a critical section
    guarded.access(async state => state.length),
    // @ts-expect-error not even in one of several cases
    guarded.access(state => (state.length > 1 ? Promise.resolve(1) : 1)),
    // @ts-expect-error nor if the result is discarded
    async (): Promise<void> => guarded.access(async () => {}),
  ]
  expect(refused).toBeTypeOf('function')
})

test('nobody enters while a critical section runs, not even from inside it', async () => {
  const guarded = new Guarded<string[]>([])
  let inner: Promise<number> | undefined
  await guarded.access(state => {
    inner = guarded.access(later => later.push('inner'))
    state.push('outer')
  })
  await inner
  expect(await guarded.access(state => state.slice())).toEqual(['outer', 'inner'])
})
