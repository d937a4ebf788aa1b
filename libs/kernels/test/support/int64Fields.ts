import fc from 'fast-check'
import { empty, type Field, fieldOf, fieldsOf } from './columns.ts'

const MAX = 2n ** 63n - 1n
const edges = [0n, 2n ** 31n, 2n ** 32n, 2n ** 53n, 10n ** 15n, 10n ** 16n, 10n ** 18n, MAX, 2n ** 64n]

const digits = (maxLength: number) =>
  fc
    .tuple(fc.integer({ min: 1, max: maxLength }), fc.bigInt({ min: 0n, max: 10n ** 20n - 1n }))
    .map(([length, value]) => String(value).padStart(20, '0').slice(-length))

const near = (value: fc.Arbitrary<bigint>) =>
  fc.tuple(value, fc.integer({ min: -2, max: 2 })).map(([center, off]) => String(center + BigInt(off)))

/** Digits of every length, with many near the limits of int64 and of the ways to read them. */
const magnitudes = fc.oneof(
  digits(20),
  near(fc.constantFrom(...edges)),
  near(fc.nat({ max: 19 }).map(exponent => 10n ** BigInt(exponent))),
  fc.tuple(fc.constantFrom('0', '00', '0'.repeat(15), '0'.repeat(40)), fc.nat()).map(parts => parts.join('')),
)

const sign = fc.constantFrom('', '-')
const signed = fc.tuple(sign, magnitudes).map(([minus, text]) => minus + text.replace('-', ''))

const strange = fc.constantFrom('/', ':', '-', '+', '.', ' ', 'e', '"', 'é', '\0', ',', '\n', '\r\n', '0', '')

/** Texts with one byte replaced or inserted: just below or above the digits, between them, or anything else. */
const flawed = (texts: fc.Arbitrary<string>) =>
  fc.tuple(texts, fc.nat({ max: 40 }), strange).map(([text, where, flaw]) => {
    const at = where % (text.length + 1)
    return text.slice(0, at) + flaw + text.slice(at + (where % 2))
  })

/** Fields of one kind, nearly all of them int64. */
const run = (texts: fc.Arbitrary<string>, nulls = 0) => {
  const all = fc.oneof(
    { arbitrary: texts, weight: 100 },
    { arbitrary: flawed(texts), weight: 1 },
    { arbitrary: fc.constant('-'), weight: 1 },
  )
  const field = all.map(text => fieldOf(text, false))
  const mixed = fc.oneof({ arbitrary: field, weight: 9 }, { arbitrary: empty, weight: nulls })
  return fc.array(mixed, { maxLength: 80, size: 'max' })
}

const nines = fc.integer({ min: 1, max: 17 }).map(length => '9'.repeat(length))
const short = fc.tuple(sign, digits(14)).map(parts => parts.join(''))
/** Fields of one length mixed with nulls, or with fields of one byte. */
const twoLengths = fc
  .tuple(fc.integer({ min: 2, max: 19 }), fc.bigInt({ min: 10n ** 18n, max: MAX }), fc.constantFrom(0, 3))
  .chain(([length, value, nulls]) => {
    const text = String(value).slice(0, length)
    return run(nulls ? fc.constant(text) : fc.constantFrom(text, '7'), nulls)
  })

/** Columns whose kind of field changes every few groups, because each group is read in its own way. */
export const int64Fields: fc.Arbitrary<Field[]> = fc
  .array(
    fc.oneof(
      run(digits(9)),
      run(digits(16)),
      run(nines),
      run(short),
      run(short, 1),
      twoLengths,
      run(signed, 1),
      fieldsOf(signed),
    ),
    { maxLength: 5 },
  )
  .map(runs => runs.flat())

/** The same, of which few have needless zeros in front. */
export const plainInt64Fields: fc.Arbitrary<Field[]> = fc
  .tuple(int64Fields, fc.integer({ min: 1, max: 100 }))
  .map(([fields, few]) =>
    fields.map((field, i) => {
      if (field === null || i % few === few - 1) return field
      return { ...field, text: field.text.replace(/^(-?)0+(?=\d)/, '$1') }
    }),
  )
