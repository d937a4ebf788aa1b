import { expect, test } from 'vitest'
import { type DoubleSum, noDoubles } from '../../src/sum/doubles.ts'
import { exactTotal, mergePartials, type PartialSum } from '../../src/sum/total.ts'

const max = 2n ** 63n - 1n

const integers = (...sums: bigint[]): PartialSum[] => sums.map(integers => ({ integers }))
const doubles = (sum: Partial<DoubleSum>): PartialSum => ({ integers: 0n, doubles: { ...noDoubles, ...sum } })
/** A double that is a whole number of 2^-1074. */
const double = (value: number): PartialSum => doubles({ units: BigInt(value * 2 ** 60) << 1014n })

test('partial sums may go beyond int64 as long as the total does not', () => {
  expect(exactTotal('x', integers(max, max, -max, -1n))).toBe(max - 1n)
  expect(exactTotal('x', integers(-max, -1n))).toBe(-(2n ** 63n))
  expect(exactTotal('x', [])).toBe(0n)
})

test.each([[[max, 1n]], [[-max, -2n]]])('a total outside int64 is refused with the exact value', partials => {
  const total = partials.reduce((a, b) => a + b)
  expect(() => exactTotal('x', integers(...partials))).toThrow(
    `the sum of column "x" is ${total}: outside int64 (-9223372036854775808 to 9223372036854775807)`,
  )
})

test('doubles and integers add up to a whole number, or the error gives the exact sum', () => {
  expect(exactTotal('x', [...integers(5n), double(3), double(-0.5), double(0.5)])).toBe(8n)
  expect(exactTotal('x', [...integers(max), double(0.75), double(-1.75)])).toBe(max - 1n)
  expect(() => exactTotal('x', [...integers(max, max), double(0.25)])).toThrow(
    'the sum of column "x" is 18446744073709551614.25: no whole number, expected an int64; `stats` sums any numbers',
  )
})

test('a sum with NaN or infinities says so, and how many there are', () => {
  const sum = (special: Partial<DoubleSum>) => () => exactTotal('x', [...integers(1n), doubles(special)])
  expect(sum({ nans: 2 })).toThrow('is NaN: the column has 2 times NaN, expected numbers')
  expect(sum({ infinities: 1 })).toThrow('is Infinity: the column has 1 times Infinity, expected numbers')
  expect(sum({ negativeInfinities: 3 })).toThrow('is -Infinity: the column has 3 times -Infinity,')
  expect(sum({ infinities: 1, negativeInfinities: 1 })).toThrow(
    'is NaN: the column has 1 times Infinity and 1 times -Infinity,',
  )
})

test('a sum of integers alone crosses threads as one number', () => {
  const [one, other] = integers(1n, 2n) as [PartialSum, PartialSum]
  expect(Object.keys(mergePartials(one, other))).toEqual(['integers'])
})

test('which upload refused is not lost', () => {
  const merged = [{ integers: 1n }, { integers: 0n, refused: 7 }, double(1)].reduce(mergePartials)
  expect(merged).toMatchObject({ integers: 1n, refused: 7 })
})
