import { expect, test } from 'vitest'
import { bytes, digits, duration, milliseconds, plural, time } from '../src/format.ts'

test.each([
  [0, '0 B'],
  [999, '999 B'],
  [1000, '1.0 kB'],
  [99_400, '99.4 kB'],
  [99_600, '100 kB'],
  [999_499, '999 kB'],
  [999_500, '1.0 MB'],
  [2_147_483_648, '2.1 GB'],
])('%i bytes are %s', (value, text) => {
  expect(bytes(value)).toBe(text)
})

test('a number of any size keeps every digit', () => {
  expect(digits('-9223372036854775808')).toBe('-9,223,372,036,854,775,808')
  expect(digits('123')).toBe('123')
  expect(digits('1234.56789')).toBe('1,234.56789')
  expect(digits('1e+300')).toBe('1e+300')
  expect(digits('NaN')).toBe('NaN')
})

test('times and durations', () => {
  expect([0.35, 9.94, 9.96, 99, 120, 7200].map(duration)).toEqual([
    '350 ms',
    '9.9 s',
    '10 s',
    '99 s',
    '2 min',
    '2 h',
  ])
  expect(duration(Number.POSITIVE_INFINITY)).toBe('')
  expect([0, 0.44, 12, 1234].map(milliseconds)).toEqual(['0 ms', '0.4 ms', '12 ms', '1.2 s'])
  expect(time('2025-03-03T08:00:01.123Z')).toBe('2025-03-03 08:00:01')
  expect([plural(1, 'row'), plural(1200, 'row')]).toEqual(['1 row', '1,200 rows'])
})
