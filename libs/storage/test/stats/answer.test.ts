import { expect, test } from 'vitest'
import type { ColumnType } from '../../src/schema.ts'
import { shownBounds, shownStats } from '../../src/stats/answer.ts'
import {
  addValues,
  type Bounds,
  type ColumnPartial,
  type Comparable,
  emptyPartial,
  textKey,
} from '../../src/stats/partial.ts'
import { noDoubles, UNIT_BITS } from '../../src/sum/doubles.ts'

function partialOf(
  type: ColumnType,
  count: number,
  bounds?: Bounds,
  more: Partial<ColumnPartial> = {},
): ColumnPartial {
  const partial = { ...emptyPartial(), rows: count, ...more }
  addValues(partial, type, count, bounds)
  return partial
}

const unit = 1n << UNIT_BITS
const nothing = { min: '', max: '', sum: '', mean: '' }

test('integers have their exact sum, doubles and both together the nearest double', () => {
  const integers = partialOf('int64', 3, { least: 1n, greatest: 2n ** 62n }, { integers: 2n ** 63n })
  expect(shownStats(['int64'], integers)).toMatchObject({
    sum: '9223372036854775808',
    mean: '3074457345618258400',
    min: '1',
    max: '4611686018427387904',
  })
  const doubles = { ...noDoubles, units: unit / 2n }
  const both = partialOf('double', 2, { least: 0.5, greatest: 3n }, { integers: 3n, doubles })
  expect(shownStats(['int64', 'double'], both)).toMatchObject({
    sum: '3.5',
    mean: '1.75',
    min: '0.5',
    max: '3',
  })
})

test('no values are no mean, but the sum of numbers is 0', () => {
  const nulls = { rows: 2, nulls: 2 }
  for (const type of ['int64', 'double'] as const)
    expect(shownStats([type], { ...emptyPartial(), ...nulls })).toEqual({ ...nothing, ...nulls, sum: '0' })
  for (const type of ['text', 'date', 'boolean'] as const)
    expect(shownStats([type], { ...emptyPartial(), ...nulls })).toEqual({ ...nothing, ...nulls })
  expect(shownStats([], emptyPartial())).toEqual({ ...nothing, rows: 0, nulls: 0 })
})

test('doubles that are not finite decide the sum and the mean', () => {
  const infinite = partialOf('double', 1, undefined, { doubles: { ...noDoubles, infinities: 1 } })
  expect(shownStats(['double'], infinite)).toMatchObject({ sum: 'Infinity', mean: 'Infinity' })
  const nan = partialOf('double', 1, undefined, { doubles: { ...noDoubles, nans: 1 } })
  expect(shownStats(['double'], nan)).toMatchObject({ sum: 'NaN', mean: 'NaN', min: 'NaN', max: 'NaN' })
})

test('texts have a sum if all are integers, else they have bounds in the order of their bytes', () => {
  const key = (text: string) => textKey(Buffer.from(text))
  const texts = partialOf('text', 2, { least: key('a'), greatest: key('é') })
  const numerals = { ...texts, numbers: 2, integers: 7n }
  expect(shownStats(['text'], numerals)).toMatchObject({ sum: '7', mean: '3.5' })
  expect(shownStats(['text'], { ...numerals, misfit: true })).toMatchObject({
    sum: '',
    mean: '',
    min: 'a',
    max: 'é',
  })
})

test('a column of several types that are not all numbers has neither sum nor bounds', () => {
  const bounds = { boolean: { least: false, greatest: true }, number: { least: 1n, greatest: 2n } }
  const partial = { ...emptyPartial(), rows: 3, numbers: 2, integers: 3n, bounds }
  expect(shownStats(['int64', 'boolean'], partial)).toEqual({ ...nothing, rows: 3, nulls: 0 })
  const dates = { date: { least: 1, greatest: 2 }, timestamp: { least: 1n, greatest: 2n } }
  expect(shownBounds(['date', 'timestamp'], { ...partial, bounds: dates })).toEqual({ min: '', max: '' })
  expect(shownStats(['boolean'], partial)).toMatchObject({ min: 'false', max: 'true', sum: '' })
})

test.each<[ColumnType, Comparable, string]>([
  ['date', 0, '1970-01-01'],
  ['date', -1, '1969-12-31'],
  ['timestamp', 0n, '1970-01-01T00:00:00'],
  ['timestamp', 1_500_000n, '1970-01-01T00:00:01.5'],
  ['timestamp', 1n, '1970-01-01T00:00:00.000001'],
  ['timestamp', 100_000n, '1970-01-01T00:00:00.1'],
  ['timestamp', -1n, '1969-12-31T23:59:59.999999'],
  ['timestamp', -1_000_000n, '1969-12-31T23:59:59'],
  ['timestamp-utc', 86_400_000_000n, '1970-01-02T00:00:00Z'],
  ['boolean', true, 'true'],
])('the %s %s is shown as %s', (type, value, text) => {
  const partial = partialOf(type, 1, { least: value, greatest: value })
  expect(shownBounds([type], partial)).toEqual({ min: text, max: text })
})

test.each([
  ['a'.repeat(80), 80],
  ['a'.repeat(81), 80],
  [`${'a'.repeat(79)}é`, 79],
  [`${'a'.repeat(78)}é`, 79],
  [`${'a'.repeat(77)}\u{1f600}`, 77],
  [`${'a'.repeat(76)}\u{1f600}b`, 77],
])('of %s there are %i characters', (text, count) => {
  const key = textKey(Buffer.from(text))
  const shown = [...text].slice(0, count).join('')
  expect(shownBounds(['text'], partialOf('text', 1, { least: key, greatest: key }))).toEqual({
    min: shown,
    max: shown,
  })
})
