import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { dialect } from '../../src/csv/dialect.ts'
import { CsvWriter, type Field } from '../../src/csv/writer.ts'

function written(header: readonly string[], ...records: readonly (readonly Field[])[]): string {
  const writer = new CsvWriter(header)
  for (const record of records) writer.writeRecord(record)
  return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(writer.bytes())
}

/** Returns what csv-parse reads. An unquoted empty field is null. */
function readBack(csv: string): (string | null)[][] {
  return parse(csv, {
    ...dialect,
    cast: (text, { quoting }) => (text === '' && !quoting ? null : text),
  })
}

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('"', ',', '\r', '\n', '\uFEFF', 'a', 'é', ' ') }),
)
const number = fc.oneof(fc.maxSafeInteger(), fc.integer(), fc.double({ noNaN: true }))
const field: fc.Arbitrary<Field> = fc.oneof(text, number, fc.bigInt(), fc.boolean(), fc.constant(null))

test('csv-parse reads back what was written', () => {
  const tables = fc.integer({ min: 1, max: 5 }).chain(columns => {
    const row = <T>(value: fc.Arbitrary<T>) => fc.array(value, { minLength: columns, maxLength: columns })
    return fc.tuple(row(text), fc.array(row(field)))
  })
  fc.assert(
    fc.property(tables, ([header, records]) => {
      const expected = records.map(record => record.map(value => (value === null ? null : String(value))))
      if (header.length === 1) for (const record of expected) record[0] ??= ''
      expect(readBack(written(header, ...records))).toEqual([header, ...expected])
    }),
    { numRuns: randomCases(2000) },
  )
})

test('integers are written digit by digit up to the edges of the safe range', () => {
  const edges = [
    0,
    -0,
    9,
    10,
    99,
    100,
    2 ** 31,
    -(2 ** 31),
    2 ** 32,
    Number.MAX_SAFE_INTEGER,
    Number.MIN_SAFE_INTEGER,
  ]
  expect(written(edges.map(String), edges)).toBe(`${edges.join()}\n${edges.join()}\n`)
})

test('fields are quoted only where the reader needs it', () => {
  const header = ['plain', 'with space', 'comma,', 'quote"', 'cr\r', 'lf\n', 'empty', 'null']
  const csv = written(header, [1.5, 'a b', ',', '"', '\r', '\n', '', null])
  const names = 'plain,with space,"comma,","quote""","cr\r","lf\n",empty,null'
  expect(csv).toBe(`${names}\n1.5,a b,",","""","\r","\n","",\n`)
})

test('a name that begins with a byte order mark keeps it', () => {
  expect(readBack(written(['\uFEFFx', 'y']))).toEqual([['\uFEFFx', 'y']])
})

test.each([
  [Number.MIN_SAFE_INTEGER, '-9007199254740991\n'],
  ['€,€', '"€,€"\n'],
])('written bytes stay as the buffer grows, wherever its end falls in %s', (widest, line) => {
  const bytes = Buffer.byteLength(line)
  const records = Math.ceil((64 * 1024) / bytes)
  for (let offset = 1; offset <= bytes; offset++) {
    const header = 'h'.repeat(offset)
    expect(written([header], ...Array(records).fill([widest]))).toBe(`${header}\n${line.repeat(records)}`)
  }
})

test('a record that does not fit the header is refused', () => {
  const writer = new CsvWriter(['x', 'y'])
  writer.writeRecord([1, 2])
  expect(() => writer.writeRecord([1])).toThrow('record 2 has 1 fields, expected 2 as in the header')
  expect(() => new CsvWriter([])).toThrow('the header has no columns')
})

test('what is taken is not written again', () => {
  const writer = new CsvWriter(['x'])
  const taken = []
  for (let i = 0; i < 3; i++) {
    taken.push(new TextDecoder().decode(writer.take()))
    writer.writeRecord([i])
  }
  expect([...taken, new TextDecoder().decode(writer.bytes())]).toEqual(['x\n', '0\n', '1\n', '2\n'])
})
