import fc from 'fast-check'
import { test } from 'vitest'
import { expectReadsAs, fieldsOf } from '../support/columns.ts'
import { kernels } from '../support/memory.ts'
import { double, storedDouble } from '../twins/values.ts'

const sign = fc.constantFrom('', '', '-')
const point = fc.constantFrom('', '.', '.')
const digits = (maxLength: number) =>
  fc.array(fc.constantFrom('0', '0', '1', '4', '5', '9'), { maxLength, size: 'max' }).map(all => all.join(''))
const exponent = fc.oneof(
  fc.constant(''),
  fc.integer({ min: -25, max: 25 }).map(value => `e${value}`),
  fc.integer({ min: -400, max: 330 }).map(value => `E${value < 0 ? '' : '+'}${value}`),
  fc.constantFrom('e0', 'e-0', 'e+00', 'e99999999999', 'e-99999999999', 'e022'),
)

/** Digits with a point anywhere, up to three vectors long. */
const decimals = fc
  .oneof(fc.tuple(sign, digits(10), point, digits(10)), fc.tuple(sign, digits(26), point, digits(26)))
  .chain(([...parts]) => exponent.map(power => parts.join('') + power))

const anyDouble = fc.double({ noNaN: true, noDefaultInfinity: true })

/** Doubles as JavaScript, Python (which has two digits in every exponent) and C print them. */
const printed = fc
  .tuple(anyDouble, fc.constantFrom('', '17', '16', '15', '.2', '.9', '.18', '.30'))
  .map(([value, format]) => {
    if (format === '') return String(value)
    if (format.startsWith('.')) return (value % 1e6).toFixed(Number(format.slice(1)))
    return value.toPrecision(Number(format)).replace(/e([+-])(\d)$/, 'e$10$2')
  })

/** Texts halfway between two doubles, or a digit away from there: the hardest to round. */
const halfway = fc.tuple(sign, anyDouble, fc.constantFrom(0n, 1n, -1n)).map(([minus, value, off]) => {
  const bits = new BigInt64Array(Float64Array.of(Math.abs(value)).buffer)[0]
  const biased = bits >> 52n
  const mantissa = (biased > 0n ? 2n ** 52n : 0n) + (bits & (2n ** 52n - 1n))
  const power = (biased > 0n ? biased : 1n) - 1076n // of two
  const middle = 2n * mantissa + 1n
  const [digits, exponent] = power < 0n ? [middle * 5n ** -power, power] : [middle << power, 0n]
  return `${minus}${digits * 10n + off}e${exponent - 1n}`
})

const edges = fc.constantFrom(
  '9007199254740992',
  '9007199254740993',
  '9007199254740994',
  '9007199254740993.0',
  '9007199254740993e0',
  '9999999999999999999',
  '10000000000000000000',
  '18446744073709551616',
  '100000000000000000000',
  '100000000000000000001',
  '1.7976931348623157e308',
  '1.7976931348623158e308',
  '1.7976931348623159e308',
  '179769313486231580793e289',
  '1e308',
  '1e309',
  '2.2250738585072014e-308',
  '2.2250738585072011e-308',
  '2.225073858507201e-308',
  '4.9406564584124654e-324',
  '5e-324',
  '2.4703282292062327e-324',
  '2.4703282292062328e-324',
  '2e-324',
  '1e-342',
  '1e-343',
  '9999999999999999999e-343',
  '0e400',
  '-0',
  '-0.0',
  '0.000000000000000000000000000000000000001',
  '1448997445238699',
  '5708990770823839524233143877797980545530986496',
  '8.5',
)

/** Around the numbers that a double begins to round, with zeros behind a point or in front. */
const wholes = fc
  .tuple(
    fc.constantFrom('', '', '', '0', '-', '-0'),
    fc.oneof(
      fc
        .tuple(fc.constantFrom(53n, 54n, 63n, 64n, 70n), fc.bigInt({ min: -5n, max: 5n }))
        .map(([power, off]) => 2n ** power + off),
      fc.nat(),
    ),
    fc.constantFrom('', '.', '.0', '.00', '.000', '.0000000000', '.5', '.0001'),
  )
  .map(parts => parts.join(''))

const words = fc.constantFrom('NaN', 'nan', 'inf', '-inf', 'Infinity', '-Infinity')

const none = fc.constantFrom(
  ...['', '-', '.', '-.', 'e5', '.e5', '1e', '1e+', '1e-', '1.5.2', '+1', '+.5', ' 1', '1 ', '0x10', '1_000'],
  ...[
    'Inf',
    'NAN',
    '-nan',
    '-NaN',
    '+inf',
    'infinity',
    'nan ',
    'info',
    '- 1',
    '--1',
    '1e5.0',
    '1e5e5',
    '1/2',
    '1:2',
  ],
  ...[
    '1,5',
    '1e+-5',
    '1ee5',
    '12345678901234567890.5.5',
    '12345678901234567890123456789012345x',
    '1e 5',
    '1f',
    'é',
  ],
)

const flawed = fc
  .tuple(decimals, fc.nat({ max: 70 }), fc.constantFrom('/', ':', '-', '+', '.', 'e', ' '))
  .map(([text, where, flaw]) => {
    const at = where % (text.length + 1)
    return text.slice(0, at) + flaw + text.slice(at)
  })

const texts = fc.oneof(
  { arbitrary: decimals, weight: 5 },
  { arbitrary: printed, weight: 5 },
  { arbitrary: halfway, weight: 2 },
  { arbitrary: edges, weight: 2 },
  { arbitrary: wholes, weight: 2 },
  words,
  none,
  flawed,
)

test('doubleColumn reads every decimal as Number does', () => {
  expectReadsAs(kernels.doubleColumn, Float64Array, double, fieldsOf(texts))
})

test('doubleColumn reads what is stored with needless zeros and with whole numbers rounded', () => {
  expectReadsAs(kernels.doubleColumn, Float64Array, storedDouble, fieldsOf(texts), true)
})

test('doubleColumn reads digits next to the middle of two doubles as Number does', () => {
  const mantissa = fc.bigInt({ min: 2n ** 53n, max: 10n ** 19n - 1n })
  const power = fc.integer({ min: -345, max: 310 })
  const texts = fc.oneof(
    fc.tuple(mantissa, power).map(([digits, exponent]) => `${digits}e${exponent}`),
    // Products of few digits end exactly in the middle.
    fc
      .tuple(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }), fc.integer({ min: 0, max: 8 }))
      .map(([digits, shift]) => `${((2n * digits + 1n) << BigInt(shift)) % 10n ** 19n}.0`),
    fc
      .tuple(fc.bigInt({ min: 2n ** 52n, max: 2n ** 53n - 1n }), fc.integer({ min: 1, max: 4 }))
      .map(([digits, places]) => {
        const middle = (2n * digits + 1n) * 5n ** BigInt(places)
        return `${middle}e-${places}`
      }),
  )
  expectReadsAs(kernels.doubleColumn, Float64Array, double, fieldsOf(texts))
})
