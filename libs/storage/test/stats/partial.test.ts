import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { shownBounds } from '../../src/stats/answer.ts'
import {
  addValues,
  type ColumnPartial,
  emptyPartial,
  mergeColumns,
  textKey,
} from '../../src/stats/partial.ts'

const around = fc.bigInt({ min: 2n ** 60n - 3n, max: 2n ** 60n + 3n })
const number = fc.oneof(
  around,
  around.map(Number),
  fc.bigInt({ min: -3n, max: 3n }),
  fc.double({ noNaN: true }),
)

function partialOf(value: bigint | number): ColumnPartial {
  const partial = emptyPartial()
  partial.rows = 1
  addValues(partial, typeof value === 'bigint' ? 'int64' : 'double', 1, { least: value, greatest: value })
  return partial
}

test('the order of integers and doubles does not change their bounds, and of equal ones the integer is shown', () => {
  const property = fc.property(fc.array(number, { minLength: 1, maxLength: 8 }), values => {
    const partials = values.map(partialOf)
    const forwards = partials.reduce(mergeColumns)
    expect(shownBounds(['int64', 'double'], partials.reduceRight(mergeColumns))).toEqual(
      shownBounds(['int64', 'double'], forwards),
    )
    const { min, max } = shownBounds(['int64', 'double'], forwards)
    for (const [shown, isBeyond] of [
      [min, (one: number | bigint, other: number | bigint) => one < other],
      [max, (one: number | bigint, other: number | bigint) => one > other],
    ] as const) {
      const best = values.filter(value => !values.some(other => isBeyond(other, value)))
      expect(shown).toBe(String(best.find(value => typeof value === 'bigint') ?? best[0]))
    }
  })
  fc.assert(property, { numRuns: randomCases(5000) })
})

test('keys of texts have the order of the texts by their bytes', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'z', 'é', '\u{ffff}', '\u{1f600}'), maxLength: 3 })
  const property = fc.property(text, text, fc.nat(90), (one, other, common) => {
    const [a, b] = [one, other].map(end => Buffer.from('x'.repeat(common) + end)) as [Buffer, Buffer]
    const order = Buffer.compare(a.subarray(0, 81), b.subarray(0, 81))
    const [keyA, keyB] = [textKey(a), textKey(b)]
    expect(keyA < keyB ? -1 : keyA > keyB ? 1 : 0).toBe(order)
  })
  fc.assert(property, { numRuns: randomCases(2000) })
})

test('a partial without values changes nothing but the rows', () => {
  const one = partialOf(7n)
  const empty = { ...emptyPartial(), rows: 2, nulls: 2 }
  for (const merged of [mergeColumns(one, empty), mergeColumns(empty, one)])
    expect(merged).toEqual({ ...one, rows: 3, nulls: 2 })
})

test('counts, sums and misfits of both partials are in the merged one', () => {
  const one = { ...partialOf(7n), nulls: 1, integers: 7n, misfit: true }
  const doubles = { units: 5n, nans: 1, infinities: 2, negativeInfinities: 3 }
  const other = { ...partialOf(0.5), integers: 2n, doubles }
  addValues(other, 'date', 1, { least: 3, greatest: 4 })
  const both = mergeColumns(other, one)
  expect(both).toEqual({
    rows: 2,
    nulls: 1,
    numbers: 2,
    integers: 9n,
    doubles,
    misfit: true,
    bounds: { number: { least: 0.5, greatest: 7n }, date: { least: 3, greatest: 4 } },
  })
  expect(mergeColumns(both, both)).toMatchObject({
    doubles: { units: 10n, nans: 2, infinities: 4, negativeInfinities: 6 },
  })
})
