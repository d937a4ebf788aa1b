import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { joined, split } from '../../../testing/chunks.ts'
import { randomCases } from '../../../testing/form.ts'
import type { Dialect } from '../src/dialect.ts'
import { parserOptions, translated } from '../src/translate.ts'

const plain: Dialect = {
  delimiter: ',',
  encoding: 'utf-8',
  nulls: [],
  decimalComma: false,
  crEnds: false,
}

async function translate(text: string, dialect: Partial<Dialect>, cuts: number[] = []): Promise<string> {
  const whole = { ...plain, ...dialect }
  const bytes = whole.encoding === 'utf-16le' ? Buffer.from(text, 'utf16le') : Buffer.from(text)
  return (await joined(translated(split(bytes, cuts), whole))).toString()
}

interface Judged {
  text: string
  quoted: boolean
}

/** What csv-parse finds; an error where it finds one, or records of different lengths. */
function judge(text: string, options: object): Judged[][] {
  return parse(text, {
    ...options,
    relax_column_count: false,
    cast: (text, { quoting }) => ({ text, quoted: quoting }),
  }) as unknown as Judged[][]
}

/** The values of the server's CSV: an unquoted empty field is null. */
function valuesOf(csv: string): (string | null)[][] {
  return judge(csv, { record_delimiter: ['\n'], skip_empty_lines: true }).map(record =>
    record.map(({ text, quoted }) => (text === '' && !quoted ? null : text)),
  )
}

const dialects = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '||', 'é'),
  encoding: fc.constantFrom('utf-8', 'utf-16le'),
  nulls: fc.constantFrom([], ['NA'], ['\\N', '-', 'NA']),
  decimalComma: fc.boolean(),
  crEnds: fc.boolean(),
  comment: fc.constantFrom('#', '//', undefined),
})

/** Fields as people write them, and line ends of all kinds. */
const pieces = fc.constantFrom(
  ...['a', 'NA', '-', '\\N', '1,5', '-2,', '3', 'é', ' ', ';', ',', '\t', '|', '||', '#', '//', '/'],
  ...['"', '"', '""', '"x"', '"NA"', '"1,5"', '"a\nb"', '"\r\n"', '\n', '\n', '\n', '\r\n', '\r'],
)

test('every dialect means what csv-parse finds in it with the same options', async () => {
  const cases = randomCases(20_000)
  let found = 0
  await fc.assert(
    fc.asyncProperty(
      dialects,
      fc.array(pieces, { maxLength: 40 }),
      fc.array(fc.nat(9), { maxLength: 20 }),
      async ({ comment, ...rest }, parts, cuts) => {
        const dialect: Dialect = { ...rest, ...(comment && { comment }) }
        const text = `x${dialect.delimiter}y\n${parts.join('')}`
        let records: Judged[][]
        try {
          records = judge(text, parserOptions(dialect))
        } catch {
          await expect(translate(text, dialect, cuts)).rejects.toThrow(/^line \d+/)
          return
        }
        if (records.flat().some(({ text, quoted }) => !quoted && text.includes('\r'))) {
          await expect(translate(text, dialect, cuts)).rejects.toThrow('add --line-end cr')
          return
        }
        found++
        const [header, ...others] = records
        const expected = others.map(record => record.map(field => meaning(field, dialect)))
        const values = valuesOf(await translate(text, dialect, cuts))
        expect(values).toEqual([header?.map(({ text }) => text), ...expected])
      },
    ),
    { numRuns: cases },
  )
  expect(found).toBeGreaterThan(cases / 10)
})

function meaning({ text, quoted }: Judged, { nulls, decimalComma }: Dialect): string | null {
  if (!quoted && ['', ...nulls].includes(text)) return null
  return decimalComma && /^-?\d+,\d*$/.test(text) ? text.replace(',', '.') : text
}

/** Writes tables in a dialect, quoting what needs it and some of what does not. */
const tables = fc.integer({ min: 1, max: 5 }).chain(columns => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '€', ' ', '"', ',', ';', '\t', '\r', '\n', '#') })
  const field = fc.record({ value: fc.option(text), quoted: fc.boolean() })
  return fc.array(fc.array(field, { minLength: columns, maxLength: columns }), { minLength: 1 })
})

test('what is written in a dialect comes back', async () => {
  await fc.assert(
    fc.asyncProperty(
      tables,
      fc.constantFrom(';', '\t', ','),
      fc.constantFrom('\n', '\r\n', '\r'),
      fc.constantFrom('utf-8', 'utf-16le'),
      fc.array(fc.nat(50), { maxLength: 20 }),
      async (table, delimiter, lineEnd, encoding, cuts) => {
        const columns = table[0]?.map((_, i) => `c${i}`) ?? []
        const lines = table.map(record =>
          record
            .map(({ value, quoted }) => {
              if (value === null) return 'NULL'
              return quoted || value === '' || /[",;\t\r\n#]/.test(value)
                ? `"${value.replaceAll('"', '""')}"`
                : value
            })
            .join(delimiter),
        )
        const dialect = {
          delimiter,
          encoding,
          columns,
          nulls: ['NULL'],
          comment: '#',
          crEnds: lineEnd === '\r',
        }
        const csv = await translate(lines.map(line => line + lineEnd).join(''), dialect, cuts)
        const only = columns.length === 1
        const values = table.map(record => record.map(({ value }) => (only ? (value ?? '') : value)))
        expect(valuesOf(csv)).toEqual([columns, ...values])
      },
    ),
    { numRuns: randomCases(2000) },
  )
})

test('the header is no data: neither a null nor a number', async () => {
  expect(
    await translate('NA;1,5;NA\nNA;1,5;"NA"\n', { delimiter: ';', nulls: ['NA'], decimalComma: true }),
  ).toBe('NA,"1,5",NA\n,1.5,NA\n')
})

test('a file without a header gets one', async () => {
  expect(await translate('1;2\n3;\n', { delimiter: ';', columns: ['x', 'a "b"'] })).toBe(
    'x,"a ""b"""\n1,2\n3,\n',
  )
  expect(await translate('', { columns: ['x'] })).toBe('x\n')
})

test('a comment is a whole line', async () => {
  expect(await translate('# c\nx;y\n1;a # b\n#c;d\n"#";2\n', { delimiter: ';', comment: '#' })).toBe(
    'x,y\n1,a # b\n#,2\n',
  )
})

test('a file with nothing in it stays empty, for the server to refuse', async () => {
  expect(await translate('\n#\n', { comment: '#' })).toBe('')
})

test("Excel's first line is left out where it says what the option says", async () => {
  expect(await translate('\uFEFFsep=;\r\nx;y\r\n1;2\r\n', { delimiter: ';' })).toBe('x,y\n1,2\n')
  expect(await translate('sep=\n1\n', { nulls: ['-'] })).toBe('sep=\n1\n')
  await expect(translate('sep=;\nx;y\n', { nulls: ['-'] })).rejects.toThrow(
    'line 1: found sep=;, expected fields separated by ,: change --delimiter',
  )
})

test.each<[string, string, Partial<Dialect>, string]>([
  [
    'a record of another length',
    'x;y\n1;2\n\n1;2;3\n',
    {},
    'line 4: found 3 fields, expected 2 as in the header',
  ],
  [
    'the same without a header',
    '1;2\n',
    { columns: ['x'] },
    'line 1: found 2 fields, expected 1 as in --columns',
  ],
  ['a CR alone', 'x;y\n1;2\r3;4\n', {}, 'line 3, column 2: found a CR that no LF follows'],
  ['CR, CR and LF', 'x;y\r\r\n1;2\r\r\n', {}, 'column 2: found a CR that no LF follows'],
  [
    'an open quote',
    'x;y\n1;"2\n3;4\n',
    {},
    'line 3: found a quote that is never closed, expected a closing quote',
  ],
  ['a quote in a field', 'x;y\n1;a"b\n', {}, 'line 2: found a quote within a field, expected it doubled'],
  [
    'text after a quote',
    'x;y\n1;"a"b\n',
    {},
    'line 2: found text after a closing quote, expected a delimiter',
  ],
  ['thousands', 'x;y\n1;1.234\n', { decimalComma: true }, 'line 2, column 2: found 1.234, expected a number'],
  [
    'a huge record',
    `x;y\n1;"${'a'.repeat(17 * 1024 * 1024)}`,
    {},
    'line 2: found a record of more than 16777216 bytes',
  ],
])('%s is refused with its line', async (_what, text, dialect, message) => {
  await expect(translate(text, { delimiter: ';', ...dialect })).rejects.toThrow(message)
})
