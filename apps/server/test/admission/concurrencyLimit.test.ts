import { expect, test } from 'vitest'
import { limitConcurrency } from '../../src/admission/concurrencyLimit.ts'

const refusal = {
  code: 'unavailable',
  message: '1 calls are under way, at most 1 are allowed: try again later',
}

test('a call over the limit is refused, and a call that ends frees its place, however it ends', async () => {
  const call = limitConcurrency(1, 'calls')
  for (const end of [() => Promise.resolve('done'), () => Promise.reject(new Error('failed'))]) {
    let go = () => {}
    const work = new Promise<void>(resolve => {
      go = resolve
    }).then(end)
    const first = call(() => work)
    await expect(call(async () => 'second')).rejects.toMatchObject(refusal)
    go()
    expect(await Promise.allSettled([first])).toEqual(await Promise.allSettled([work]))
    expect(await call(async () => 'third')).toBe('third')
  }
})

test('a call over the limit runs if another call makes room', async () => {
  const call = limitConcurrency(1, 'calls', () => true)
  void call(() => new Promise(() => {}))
  expect(await call(async () => 'second')).toBe('second')
})
