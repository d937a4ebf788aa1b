import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { readText } from '../support/columns.ts'
import { kernels } from '../support/memory.ts'

const parsed = (text: string) => readText(kernels.doubleColumn, Float64Array, text)

const digits = fc.array(fc.constantFrom('0', '1', '5', '9'), { maxLength: 20 }).map(c => c.join(''))
const decimals = fc
  .record({
    sign: fc.constantFrom('', '-'),
    before: digits,
    point: fc.constantFrom('', '.'),
    after: digits,
    exponent: fc.oneof(
      fc.constant(''),
      fc.integer({ min: -340, max: 320 }).map(e => `e${e}`),
      fc.constant('E+5'),
    ),
  })
  .map(({ sign, before, point, after, exponent }) => sign + before + point + (point && after) + exponent)

/** Number() rounds every decimal correctly. Ours must give the same bits, or nothing if a rule forbids the text. */
function expected(text: string): number | undefined {
  if (!/^-?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined
  const value = Number(text)
  if (!Number.isFinite(value)) return undefined
  const [, whole] = /^(-?\d+)(?:\.0*)?$/.exec(text) ?? []
  return whole && BigInt(value) !== BigInt(whole) ? undefined : value
}

test('decimals are read bit for bit as Number reads them', () => {
  fc.assert(
    fc.property(fc.oneof(decimals, fc.double({ noNaN: true, noDefaultInfinity: true }).map(String)), text => {
      expect(parsed(text)).toBe(expected(text))
    }),
    { numRuns: randomCases(20_000) },
  )
})

test.each([
  '',
  '-',
  '.',
  '-.',
  'e5',
  '1e',
  '1e+',
  '1.5.2',
  '+1',
  ' 1',
  '1 ',
  '0x10',
  '1_000',
  'Inf',
  '- 1',
  '1e5.0',
  '007.5',
  '-01',
  '00',
  '00.5',
  '01e5',
])('%j is no double', text => expect(parsed(text)).toBeUndefined())

test('NaN and infinity are read as Python and JavaScript print them', () => {
  expect(['NaN', 'nan', 'inf', '-inf', 'Infinity', '-Infinity'].map(parsed)).toEqual([
    Number.NaN,
    Number.NaN,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
    Number.POSITIVE_INFINITY,
    Number.NEGATIVE_INFINITY,
  ])
})

test('what a double would round or make infinite is not a double', () => {
  expect(parsed('9007199254740993')).toBeUndefined()
  expect(parsed('9007199254740993.')).toBeUndefined()
  expect(parsed('-9007199254740993.0')).toBeUndefined()
  expect(parsed(`9007199254740993.${'0'.repeat(200)}`)).toBeUndefined()
  expect(parsed('9007199254740992.0')).toBe(9007199254740992)
  expect(parsed('9007199254740993.5')).toBe(9007199254740994)
  expect(parsed('9007199254740993e0')).toBe(9007199254740992)
  expect(parsed('18446744073709551616.0')).toBe(2 ** 64)
  expect(parsed('100000000000000000000')).toBe(1e20)
  expect(parsed('1e999')).toBeUndefined()
})
