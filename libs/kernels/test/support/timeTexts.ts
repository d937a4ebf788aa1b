import fc from 'fast-check'

const two = (max: number) => fc.nat({ max }).map(value => String(value).padStart(2, '0'))
const day = fc
  .integer({ min: -719_162, max: 2_932_896 })
  .map(days => new Date(days * 86_400_000).toISOString().slice(0, 10))

/** Dates, some of which do not exist: February 29 of common years, the 31st of short months, day and month 0. */
export const dateTexts = fc.oneof(
  { arbitrary: day, weight: 10 },
  {
    arbitrary: fc
      .tuple(
        fc.constantFrom('1900', '2000', '2023', '2024', '9999', '0001', '0004', '0100'),
        fc.constantFrom('02', '03', '12'),
        fc.constantFrom('01', '28', '29', '30', '31'),
      )
      .map(parts => parts.join('-')),
    weight: 2,
  },
  fc
    .tuple(two(99), two(99), two(14), two(33))
    .map(([century, year, month, of]) => `${century}${year}-${month}-${of}`),
  fc.constantFrom('0000-01-01', '0001-01-01', '9999-12-31', '1969-12-31', '1970-01-01'),
)

const time = fc.tuple(two(23), two(59)).map(parts => parts.join(':'))
const seconds = fc.oneof(
  fc.constant(''),
  two(59).map(value => `:${value}`),
  fc
    .tuple(
      two(59),
      fc.array(fc.nat({ max: 9 }), { minLength: 1, maxLength: 7 }),
      fc.constantFrom('', '', '0', '00', '000', '0000'),
    )
    .map(([value, fraction, zeros]) => `:${value}.${fraction.join('')}${zeros}`),
)
const rareTime = fc.tuple(two(25), two(61)).map(parts => parts.join(':'))
const zone = fc.oneof(
  fc.constantFrom('', '', 'Z'),
  fc
    .tuple(fc.constantFrom('+', '-'), two(23), fc.constantFrom(':', ''), two(59))
    .map(parts => parts.join('')),
  fc.tuple(fc.constantFrom('+', '-'), two(23)).map(parts => parts.join('')),
  fc
    .tuple(fc.constantFrom('+', '-'), two(25), fc.constantFrom(':', ''), two(61))
    .map(parts => parts.join('')),
)

/** Texts with and without a zone, nearly all of them valid times. */
const times = fc
  .tuple(
    dateTexts,
    fc.constantFrom('T', ' '),
    fc.oneof({ arbitrary: time, weight: 20 }, rareTime),
    fc.oneof(
      { arbitrary: seconds, weight: 20 },
      two(61).map(value => `:${value}`),
    ),
  )
  .map(parts => parts.join(''))

const flaws = fc.constantFrom('/', ':', '-', '+', '.', ' ', 'T', 'Z', 't', 'z', '0', '9', ';')

/** Texts with one byte replaced, removed or inserted. */
export function flawed(texts: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc.tuple(texts, fc.nat({ max: 40 }), flaws, fc.nat({ max: 2 })).map(([text, where, flaw, how]) => {
    const at = where % (text.length + 1)
    return text.slice(0, at) + (how === 2 ? '' : flaw) + text.slice(at + (how > 0 ? 1 : 0))
  })
}

/** Timestamps without a zone, or all with one. */
export function timestampTexts(zoned: boolean): fc.Arbitrary<string> {
  const zoneOf = zoned ? zone : fc.constantFrom(...Array(30).fill(''), 'Z', '+00:00')
  const texts = fc.oneof(
    { arbitrary: fc.tuple(times, zoneOf).map(parts => parts.join('')), weight: 20 },
    { arbitrary: dateTexts, weight: zoned ? 1 : 4 },
  )
  return fc.oneof({ arbitrary: texts, weight: 9 }, flawed(texts))
}
