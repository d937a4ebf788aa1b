import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { readText } from '../support/columns.ts'
import { kernels } from '../support/memory.ts'

const date = (text: string) => readText(kernels.dateColumn, Int32Array, text)

/** Returns microseconds, and whether the text names a zone. */
function timestamp(text: string): [bigint, boolean] | undefined {
  const local = readText(kernels.timestampColumn, BigInt64Array, text)
  if (local !== undefined) return [local, false]
  const utc = readText(kernels.timestampUtcColumn, BigInt64Array, text)
  return utc === undefined ? undefined : [utc, true]
}

const first = Date.parse('0001-01-01T00:00:00Z')
const last = Date.parse('9999-12-31T23:59:59.999Z')
const times = fc.integer({ min: first, max: last }).map(ms => new Date(ms))

test('timestamps agree with Date', () => {
  fc.assert(
    fc.property(times, time => {
      const iso = time.toISOString()
      const micros = BigInt(time.getTime()) * 1000n
      expect(timestamp(iso)).toEqual([micros, true])
      expect(timestamp(iso.slice(0, -1).replace('T', ' '))).toEqual([micros, false])
      expect(timestamp(iso.slice(0, 19))).toEqual([
        micros - (micros % 1_000_000n) - (micros < 0n && micros % 1_000_000n ? 1_000_000n : 0n),
        false,
      ])
    }),
    { numRuns: randomCases(5000) },
  )
})

test('zones are taken into account', () => {
  expect(timestamp('2024-01-01T00:30:00+01:00')).toEqual(timestamp('2023-12-31T23:30:00Z'))
  expect(timestamp('2024-01-01 00:30-05:30')).toEqual(timestamp('2024-01-01T06:00Z'))
  expect(timestamp('2024-01-01 00:30-0530')).toEqual(timestamp('2024-01-01T06:00Z'))
  expect(timestamp('2024-01-01 10:00:00+00')).toEqual(timestamp('2024-01-01T10:00Z'))
  expect(timestamp('2024-01-01 10:00:00.5+05')).toEqual(timestamp('2024-01-01T05:00:00.5Z'))
})

test('a fraction has up to six digits, and up to three zeros more', () => {
  expect(timestamp('1970-01-01T00:00:00.1')).toEqual([100_000n, false])
  expect(timestamp('1970-01-01T00:00:00.000001')).toEqual([1n, false])
  expect(timestamp('1970-01-01T00:00:00.000001000')).toEqual([1n, false])
  expect(timestamp('1970-01-01T00:00:00.100000000Z')).toEqual([100_000n, true])
  expect(timestamp('1970-01-01T00:00:00.0000001')).toBeUndefined()
  expect(timestamp('1970-01-01T00:00:00.000000001')).toBeUndefined()
  expect(timestamp('1970-01-01T00:00:00.0000000000')).toBeUndefined()
})

test.each([
  '2023-02-29',
  '1900-02-29',
  '2024-00-01',
  '2024-13-01',
  '2024-04-31',
  '2024-01-00',
  '0000-01-01',
  '2024-1-01',
  '24-01-01',
  '2024/01/01',
  '',
])('%j is no date', text => expect(date(text)).toBeUndefined())

test.each([
  '2024-01-01T24:00',
  '2024-01-01T10:60',
  '2024-01-01T10:00:60',
  '2024-01-01T10',
  '2024-01-01T1:00',
  '2024-01-01T10:00:',
  '2024-01-01T10:00:00.',
  '2024-01-01T10:00:00ZZ',
  '2024-01-01T10:00+1',
  '2024-01-01T10:00+24:00',
  '2024-01-01T10:00+24',
  '2024-01-01T10:00+05:',
  '2024-01-01T10:00+05:3',
  '2024-01-01T10:00+053',
  '2024-01-01T10:00+05300',
  '2024-01-01T10:00+05:30:00',
  '2024-01-01T10:00 +05',
  '2024-01-01x10:00',
  '2024-01-01T10:00 ',
])('%j is no timestamp', text => expect(timestamp(text)).toBeUndefined())
