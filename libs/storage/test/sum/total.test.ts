import { expect, test } from 'vitest'
import { exactTotal } from '../../src/sum/total.ts'

const max = 2n ** 63n - 1n

test('partial sums may go beyond int64 as long as the total does not', () => {
  expect(exactTotal('x', [max, max, -max, -1n])).toBe(max - 1n)
  expect(exactTotal('x', [-max, -1n])).toBe(-(2n ** 63n))
  expect(exactTotal('x', [])).toBe(0n)
})

test.each([[[max, 1n]], [[-max, -2n]]])('a total outside int64 is refused with the exact value', partials => {
  const total = partials.reduce((a, b) => a + b)
  expect(() => exactTotal('x', partials)).toThrow(`the sum of column "x" is ${total}: outside int64`)
})
