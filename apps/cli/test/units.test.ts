import { expect, test } from 'vitest'
import { formatBytes, formatRows, formatSeconds } from '../src/units.ts'

test.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [1000, '1.0 kB'],
  [999_949, '999.9 kB'],
  [999_950, '1.0 MB'],
  [1_234_567, '1.2 MB'],
  [4_294_967_289, '4.3 GB'],
  [2e16, '20000.0 TB'],
])('%d bytes are %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text)
})

test('rows are formatted like bytes', () => {
  expect([7, 250_000, 100_000_000].map(formatRows)).toEqual(['7 rows', '250.0 k rows', '100.0 M rows'])
})

test.each([
  [0.4, '0 s'],
  [59.6, '1 min 0 s'],
  [3599, '59 min 59 s'],
  [3725, '1 h 2 min'],
])('%d seconds are %s', (seconds, text) => {
  expect(formatSeconds(seconds)).toBe(text)
})
