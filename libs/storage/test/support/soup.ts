import fc from 'fast-check'

/** Bytes full of everything that has a meaning in CSV, often not a valid file. */
export const soup = fc
  .array(
    fc.constantFrom(
      'x',
      'y',
      '1',
      '-',
      '22',
      'é',
      ' ',
      ',',
      ',',
      '"',
      '"',
      '""',
      '\n',
      '\r\n',
      '\r',
      '\uFEFF',
    ),
    {
      maxLength: 24,
    },
  )
  .map(parts => parts.join(''))

const plainField = fc.oneof(
  fc.constantFrom(
    '',
    '0',
    '-1',
    '9223372036854775807',
    '-9223372036854775808',
    '9223372036854775808',
    '007',
    '-01',
  ),
  fc.constantFrom('1.5', '-0', '1e3', 'NaN', 'true', 'FALSE', '2024-02-29', '2023-02-29', '2024-01-01T10:00'),
  fc.constantFrom('2024-01-01 10:00:00.5', '2024-01-01T10:00:00Z', 'é', ' ', '"a\rb"', '\uFEFF'),
  fc.constantFrom('007.5', '9007199254740993.0', '9007199254740992.0', '2024-01-01 10:00:00.123456000', '""'),
  fc.constantFrom('2024-01-01 10:00+00', '2024-01-01 10:00:00.5+0530', '2024-01-01T10:00-05:30'),
  fc.bigInt({ min: -(2n ** 65n), max: 2n ** 65n }).map(String),
  fc.double().map(String),
)
const quotedField = fc
  .array(fc.constantFrom('a', '1', ',', '\n', '\r\n', '"', 'é', ''), { maxLength: 5 })
  .map(parts => `"${parts.join('').replaceAll('"', '""')}"`)

/** Files that are nearly always valid: a header and a few columns, each with one or two kinds of fields. */
export const tables = fc.integer({ min: 1, max: 4 }).chain(columns => {
  const column = fc.constantFrom<fc.Arbitrary<string>[]>(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
    fc.integer().map(value => (value % 3 === 0 ? '' : String(value))),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    fc.constantFrom('2024-02-29', '1969-12-31', '', '9999-12-31'),
    fc.constantFrom('2024-02-29T23:59:59.999999', '1969-12-31 00:00', ''),
    fc.constantFrom('true', 'False', '', '""'),
    fc.constantFrom('2024-01-01 10:00+00', '2024-01-01T10:00:00.123456000Z', '2024-01-01 10:00-0530', '""'),
    fc.constantFrom('1.0', '-2.50', '', '"9007199254740992.0"'),
    fc.constantFrom('x', '', '""', '"y, z"'),
    plainField,
    fc.oneof(plainField, quotedField),
  )
  return fc.array(column, { minLength: columns, maxLength: columns }).chain(kinds =>
    fc.record({
      mark: fc.constantFrom('', '', '\uFEFF'),
      end: fc.constantFrom('\n', '\r\n'),
      lastEnd: fc.boolean(),
      blanks: fc.array(fc.nat({ max: 20 }), { maxLength: 2 }),
      records: fc.array(fc.tuple(...kinds), { maxLength: 12 }),
    }),
  )
})

/** Returns the text of a generated table, with its blank lines. */
export function tableText({
  mark,
  end,
  lastEnd,
  blanks,
  records,
}: typeof tables extends fc.Arbitrary<infer T> ? T : never): string {
  const columns = records[0]?.length ?? 2
  const lines = [Array.from({ length: columns }, (_, i) => `c${i}`), ...records].map(fields =>
    fields.join(','),
  )
  for (const blank of blanks) lines.splice(Math.min(blank, lines.length), 0, '')
  return mark + lines.join(end) + (lastEnd ? end : '')
}
