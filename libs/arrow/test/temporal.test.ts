import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../testing/form.ts'
import { dateText, timestampText, timeText } from '../src/temporal.ts'
import type { TimeUnit } from '../src/type.ts'

test('timestamps are those of JavaScript, wherever JavaScript has them', () => {
  const milliseconds = fc.integer({ min: -8.64e15, max: 8.64e15 })
  fc.assert(
    fc.property(milliseconds, time => {
      const expected = new Date(time).toISOString().replace(/\.?0*Z$/, '')
      expect(timestampText(BigInt(time), 'ms', false)).toBe(expected)
      expect(timestampText(BigInt(time) * 1000n, 'us', true)).toBe(`${expected}Z`)
    }),
    { numRuns: randomCases(20_000) },
  )
})

test.each([
  [0, '1970-01-01'],
  [-719_528, '0000-01-01'],
  [-719_529, '-000001-12-31'],
  [2_932_897, '+010000-01-01'],
  [2_147_483_646, '+5881580-07-10'],
  [2_147_483_647, 'infinity'],
  [-2_147_483_647, '-infinity'],
])('day %i is %s', (days, text) => {
  expect(dateText(days)).toBe(text)
})

test.each<[bigint, TimeUnit, string]>([
  [-1n, 'ns', '1969-12-31T23:59:59.999999999'],
  [-1n, 's', '1969-12-31T23:59:59'],
  [1_500_000n, 'us', '1970-01-01T00:00:01.5'],
  [2n ** 63n - 1n, 'us', 'infinity'],
  [-(2n ** 63n - 1n), 'us', '-infinity'],
])('%s in unit %i is %s', (time, unit, text) => {
  expect(timestampText(time, unit, false)).toBe(text)
  expect(timestampText(time, unit, true)).toBe(text.endsWith('infinity') ? text : `${text}Z`)
})

test('a time of day, to its end', () => {
  expect(timeText(86_400_000_000, 'us')).toBe('24:00:00')
  expect(timeText(36_000_000_001, 'us')).toBe('10:00:00.000001')
})
