import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { nearestDouble, nearestQuotient, shownTotal, wholeNumber } from '../../src/sum/exactNumber.ts'
import { unitsOf } from '../support/units.ts'

const UNITS = 2n ** 1074n

/** Totals of every size, dense around doubles and the middles between them. */
const totals = fc.oneof(
  fc.bigInt({ min: -(2n ** 2200n), max: 2n ** 2200n }),
  fc
    .tuple(
      fc.bigInt({ min: -(2n ** 54n), max: 2n ** 54n }),
      fc.nat({ max: 2120 }),
      fc.bigInt({ min: -2n, max: 2n }),
    )
    .map(([mantissa, shift, off]) => (mantissa << BigInt(shift)) + off),
)

function neighbour(value: number, step: bigint): bigint {
  const bits = new BigInt64Array(Float64Array.of(Math.abs(value)).buffer)[0]
  const [next] = new Float64Array(BigInt64Array.of(bits + step).buffer)
  return unitsOf(next as number)
}

/** The middle between the largest double and the one that would follow. */
const INFINITE = unitsOf(Number.MAX_VALUE) + 2n ** (970n + 1074n)

const distance = (a: bigint, b: bigint) => (a > b ? a - b : b - a)

test('no other double is nearer, and halfway between two the even one is taken', () => {
  fc.assert(
    fc.property(totals, units => {
      const found = nearestDouble(units)
      const size = units < 0n ? -units : units
      expect(found < 0).toBe(units < 0n && found !== 0)
      const magnitude = Math.abs(found)
      expect(magnitude === Number.POSITIVE_INFINITY).toBe(size >= INFINITE)
      if (size >= INFINITE) return
      const off = distance(size, unitsOf(magnitude))
      const isEven = (unitsOf(magnitude) >> shiftOf(magnitude)) % 2n === 0n
      if (magnitude > 0) {
        const below = distance(size, neighbour(magnitude, -1n))
        expect(off < below || (off === below && isEven)).toBe(true)
      }
      if (magnitude < Number.MAX_VALUE) {
        const above = distance(size, neighbour(magnitude, 1n))
        expect(off < above || (off === above && isEven)).toBe(true)
      }
    }),
    { numRuns: randomCases(20_000) },
  )
})

test('a quotient is rounded once, as a total is', () => {
  const counts = fc.oneof(fc.bigInt({ min: 1n, max: 20n }), fc.bigInt({ min: 1n, max: 2n ** 53n }))
  fc.assert(
    fc.property(totals, counts, (units, count) => {
      const found = nearestQuotient(units, count)
      expect(nearestQuotient(units * count, count)).toBe(nearestDouble(units))
      const size = units < 0n ? -units : units
      expect(found < 0).toBe(units < 0n && found !== 0)
      const magnitude = Math.abs(found)
      expect(magnitude === Number.POSITIVE_INFINITY).toBe(size >= INFINITE * count)
      if (magnitude === Number.POSITIVE_INFINITY) return
      const off = distance(size, unitsOf(magnitude) * count)
      const isEven = (unitsOf(magnitude) >> shiftOf(magnitude)) % 2n === 0n
      if (magnitude > 0) {
        const below = distance(size, neighbour(magnitude, -1n) * count)
        expect(off < below || (off === below && isEven)).toBe(true)
      }
      if (magnitude < Number.MAX_VALUE) {
        const above = distance(size, neighbour(magnitude, 1n) * count)
        expect(off < above || (off === above && isEven)).toBe(true)
      }
    }),
    { numRuns: randomCases(20_000) },
  )
})

/** How far a double's mantissa is shifted in units. */
function shiftOf(value: number): bigint {
  const exponent = new BigUint64Array(Float64Array.of(value).buffer)[0] >> 52n
  return exponent === 0n ? 0n : exponent - 1n
}

test('a double is the nearest one of itself', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), value => {
      expect(nearestDouble(unitsOf(value))).toBe(value === 0 ? 0 : value)
    }),
    { numRuns: randomCases(20_000) },
  )
})

test('a whole number is found, of either sign, and nothing else taken for one', () => {
  fc.assert(
    fc.property(
      fc.bigInt({ min: -(2n ** 80n), max: 2n ** 80n }),
      fc.bigInt({ min: 1n, max: UNITS - 1n }),
      (n, part) => {
        expect(wholeNumber(n * UNITS)).toBe(n)
        expect(wholeNumber(n * UNITS + part)).toBeUndefined()
      },
    ),
  )
})

test('a total is shown as the shortest decimal number that is exact', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.nat({ max: 17 }), (n, places) => {
      const units = (n * UNITS) >> BigInt(places)
      const shown = shownTotal(units)
      const [, whole, fraction = ''] = /^(-?\d+)(?:\.(\d*[1-9]))?$/.exec(shown) as RegExpExecArray
      expect(BigInt(whole + fraction) * UNITS).toBe(units * 10n ** BigInt(fraction.length))
      expect(shown.startsWith('-')).toBe(n < 0n)
    }),
    { numRuns: randomCases(2000) },
  )
})

test.each([
  [0n, '0'],
  [-(UNITS / 4n), '-0.25'],
  [unitsOf(0.1), 'about 0.1'],
  [unitsOf(-1e300), 'about -1e+300'],
  [1n, 'about 5e-324'],
  [10n ** 39n * UNITS, `1${'0'.repeat(39)}`],
  [10n ** 40n * UNITS, 'about 1e+40'],
  [10n ** 400n * UNITS, 'more than 1.7976931348623157e+308'],
  [-(10n ** 400n) * UNITS, 'less than -1.7976931348623157e+308'],
])('%d units are shown as %s', (units, text) => {
  expect(shownTotal(units)).toBe(text)
})

test('nothing is 0, not -0', () => {
  expect(nearestDouble(0n)).toBe(0)
  expect(nearestQuotient(0n, 3n)).toBe(0)
  expect(shownTotal(0n)).toBe('0')
})
