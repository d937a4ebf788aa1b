import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { convertCsv } from '../../src/ingest/convert.ts'
import { type Format, filesDirectory, formats, storedFile } from '../../src/paths.ts'
import { type ShownStats, shownStats } from '../../src/stats/answer.ts'
import { csvStats } from '../../src/stats/csv.ts'
import { parquetStats } from '../../src/stats/parquet.ts'
import { type ColumnPartial, mergeColumns } from '../../src/stats/partial.ts'
import { nearestDouble } from '../../src/sum/exactNumber.ts'
import { temporaryDirectory, thrown } from '../support/directories.ts'
import { unitsOf } from '../support/units.ts'

/** Makes the two files of an upload. */
function stored(csv: string) {
  const dataDir = temporaryDirectory()
  mkdirSync(filesDirectory(dataDir))
  const path = (format: Format) => storedFile(dataDir, 1, format)
  writeFileSync(path('csv'), csv)
  const converted = convertCsv(path('csv'), path('parquet'))
  const { columns, csvCuts, rowGroups, ...parquet } = converted
  const wanted = columns.map(({ type }, index) => ({ asked: index, index, type }))
  const layout = { columns: columns.length, wanted }
  const bounds = {
    csv: [0, ...csvCuts, Buffer.byteLength(csv)],
    parquet: Array.from({ length: rowGroups + 1 }, (_, i) => i),
  }
  const { parquetBytes: bytes, footerBytes, footerCrc } = parquet
  /** The partials of each piece. */
  const pieces = (format: Format, cancellation?: Int32Array): ColumnPartial[][] =>
    bounds[format].slice(1).map((to, i) => {
      const from = bounds[format][i] as number
      return format === 'csv'
        ? csvStats(path('csv'), layout, { from, to, bytes: Buffer.byteLength(csv) }, cancellation)
        : parquetStats(path('parquet'), layout, { from, to, bytes, footerBytes, footerCrc }, cancellation)
    })
  const statsOf = (format: Format): ShownStats[] => {
    const found = pieces(format)
    return columns.map(({ type }, i) => {
      const partials = found.map(piece => piece[i] as ColumnPartial)
      return shownStats([type], partials.reduceRight(mergeColumns))
    })
  }
  return { columns, path, pieces, statsOf }
}

test('of every type there are rows, nulls and bounds; of numbers the sum and the mean', () => {
  const { columns, statsOf } = stored(
    [
      'i,d,b,day,t,u,w,big,none',
      '3,0.1,true,2026-11-28,2026-11-28T10:00:00.5,2026-11-28T10:00:00Z,größe,99999999999999999999,',
      '-4,0.2,false,1969-12-31,1969-12-31T23:59:59.999999,1900-01-01T00:00:00Z,x,-1,',
      ',0.3,,,,,,,',
      '',
    ].join('\n'),
  )
  expect(columns.map(({ type }) => type)).toEqual(
    ['int64', 'double', 'boolean', 'date', 'timestamp', 'timestamp-utc', 'text', 'text'].concat(
      columns[8]?.type ?? '',
    ),
  )
  const none = { sum: '', mean: '' }
  const expected = [
    { rows: 3, nulls: 1, min: '-4', max: '3', sum: '-1', mean: '-0.5' },
    { rows: 3, nulls: 0, min: '0.1', max: '0.3', sum: '0.6', mean: '0.2' },
    { rows: 3, nulls: 1, min: 'false', max: 'true', ...none },
    { rows: 3, nulls: 1, min: '1969-12-31', max: '2026-11-28', ...none },
    { rows: 3, nulls: 1, min: '1969-12-31T23:59:59.999999', max: '2026-11-28T10:00:00.5', ...none },
    { rows: 3, nulls: 1, min: '1900-01-01T00:00:00Z', max: '2026-11-28T10:00:00Z', ...none },
    { rows: 3, nulls: 1, min: 'größe', max: 'x', ...none },
    {
      rows: 3,
      nulls: 1,
      min: '-1',
      max: '99999999999999999999',
      sum: '99999999999999999998',
      mean: '50000000000000000000',
    },
  ]
  for (const format of formats) {
    const found = statsOf(format)
    expect(found.slice(0, 8), format).toEqual(expected)
    expect(found[8], format).toMatchObject({ rows: 3, nulls: 3, min: '', max: '', mean: '' })
  }
})

const field = (type: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 4, arbitrary: type }, { weight: 1, arbitrary: fc.constant('') })
const int64 = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
const double = fc.double({ noNaN: true, noDefaultInfinity: true }).map(value => (value === 0 ? 0 : value))
const row = fc.record({
  i: field(int64.map(String)),
  // With an exponent, because a whole number that a double rounds makes the column text.
  d: field(double.map(value => value.toExponential())),
  s: field(fc.constantFrom('a', 'é'.repeat(50), 'z'.repeat(90), `${'z'.repeat(79)}é`, '\u{1f600}', '~')),
  n: field(fc.bigInt({ min: -(10n ** 25n), max: 10n ** 25n }).map(value => `+${value}`.replace('+-', '-'))),
})

test('both formats have the statistics that plain code finds in the fields', () => {
  const property = fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), rows => {
    const lines = rows.map(({ i, d, s, n }) => `${i},${d},${s},${n},1`)
    // The first row makes the types what the test is about.
    const { statsOf } = stored(`i,d,s,n,one\n1,0.5,a,+1,1\n${lines.join('\n')}\n`)
    const fieldsOf = (name: 'i' | 'd' | 's' | 'n', first: string) => [
      first,
      ...rows.map(fields => fields[name]).filter(text => text !== ''),
    ]
    const integers = fieldsOf('i', '1').map(BigInt)
    const doubles = fieldsOf('d', '0.5').map(Number)
    const words = fieldsOf('s', 'a')
      .map(text => Buffer.from(text))
      .sort(Buffer.compare)
    const numerals = fieldsOf('n', '1').map(BigInt)
    const sorted = <T>(values: T[]) => values.toSorted((one, other) => (one < other ? -1 : 1)).map(String)
    const least = <T>(values: T[]) => sorted(values)[0]
    const greatest = <T>(values: T[]) => sorted(values).at(-1)
    const total = (values: bigint[]) => values.reduce((sum, value) => sum + value)
    const units = doubles.map(unitsOf).reduce((sum, value) => sum + value, 0n)
    const nulls = (values: unknown[]) => ({ rows: rows.length + 1, nulls: rows.length + 1 - values.length })
    const expected = [
      { ...nulls(integers), min: least(integers), max: greatest(integers), sum: String(total(integers)) },
      { ...nulls(doubles), min: least(doubles), max: greatest(doubles), sum: String(nearestDouble(units)) },
      { ...nulls(words), min: cut(words[0]), max: cut(words.at(-1)), sum: '', mean: '' },
      { ...nulls(numerals), min: least(numerals), max: greatest(numerals), sum: String(total(numerals)) },
    ]
    for (const format of formats) expect(statsOf(format).slice(0, 4), format).toMatchObject(expected)
    expect(statsOf('csv')).toEqual(statsOf('parquet'))
  })
  fc.assert(property, { numRuns: randomCases(300) })
})

function cut(text = Buffer.alloc(0)): string {
  let characters = ''
  for (const character of text.toString()) {
    if (Buffer.byteLength(characters + character) > 80) break
    characters += character
  }
  return characters
}

test.each(formats)('a file of several pieces has the statistics of the whole (%s)', format => {
  const rows = 700_000
  const table = Array.from(
    { length: rows },
    (_, row) => `${row % 7 ? (row * 7919) % rows : ''},${row / 4},t${row % 100}\n`,
  )
  const { pieces, statsOf } = stored(`n,d,t\n${table.join('')}`)
  expect(pieces(format).length).toBeGreaterThan(1)
  const none = { sum: '', mean: '' }
  expect(statsOf(format)).toMatchObject([
    { rows, nulls: rows / 7, min: '1', max: '699999' },
    { rows, nulls: 0, min: '0', max: '174999.75', sum: '61249912500', mean: '87499.875' },
    { rows, nulls: 0, min: 't0', max: 't99', ...none },
  ])
})

test('NaN and infinities are as IEEE 754 has them, and NaN is a bound only where there is nothing else', () => {
  const { statsOf } = stored('a,b,c,d\nNaN,Infinity,NaN,Infinity\n1.5,2.5,NaN,-Infinity\n')
  for (const format of formats)
    expect(statsOf(format), format).toMatchObject([
      { min: '1.5', max: '1.5', sum: 'NaN', mean: 'NaN' },
      { min: '2.5', max: 'Infinity', sum: 'Infinity', mean: 'Infinity' },
      { min: 'NaN', max: 'NaN', sum: 'NaN', mean: 'NaN' },
      { min: '-Infinity', max: 'Infinity', sum: 'NaN', mean: 'NaN' },
    ])
})

test('a text column with one text that is no integer has bounds of texts and no sum', () => {
  const { statsOf } = stored('a,b,c\n007,007,""\n9,9,""\n10,ten,x\n')
  for (const format of formats)
    expect(statsOf(format), format).toMatchObject([
      { min: '7', max: '10', sum: '26' },
      { min: '007', max: 'ten', sum: '' },
      { min: '', max: 'x', sum: '' },
    ])
})

test('a record larger than a block is read once', () => {
  const long = 'x'.repeat(300_000)
  const { statsOf } = stored(`n,t\n1,a\n2,${long}\n3,b\n`)
  for (const format of formats)
    expect(statsOf(format), format).toMatchObject([
      { rows: 3, sum: '6' },
      { min: 'a', max: 'x'.repeat(80) },
    ])
})

test.each(formats)('a changed file is an error, and so is a question nobody waits for (%s)', format => {
  const { path, pieces } = stored('n,t\n1,a\n2,b\n3,c\n')
  expect(thrown(() => pieces(format, Int32Array.of(1))).code).toBe('cancelled')
  const whole = readFileSync(path(format))
  writeFileSync(path(format), whole.subarray(1))
  expect(thrown(() => pieces(format)).code).toBe('damaged')
  const footer = whole.length - 20
  const at = format === 'csv' ? whole.indexOf('2,b') + 1 : footer
  whole[at] = (whole[at] as number) ^ 1
  writeFileSync(path(format), whole)
  expect(thrown(() => pieces(format)).code).toBe(format === 'csv' ? 'invalid' : 'damaged')
})
