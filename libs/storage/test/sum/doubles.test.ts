import { mkdirSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { convertCsv } from '../../src/ingest/convert.ts'
import { filesDirectory, formats, storedFile } from '../../src/paths.ts'
import { aggregateColumn } from '../../src/sum/aggregate.ts'
import { sumCsvDoubles } from '../../src/sum/csv.ts'
import { type DoubleSum, mergeDoubles, noDoubles, specialTotal } from '../../src/sum/doubles.ts'
import { sumParquetDoubles } from '../../src/sum/parquet.ts'
import { temporaryDirectory, thrown } from '../support/directories.ts'
import { temporaryFile } from '../support/files.ts'
import { sumOf } from '../support/units.ts'

/** The two files of an upload, without a row of the catalogue. */
function stored(csv: string) {
  const dataDir = temporaryDirectory()
  mkdirSync(filesDirectory(dataDir))
  const [csvPath, parquetPath] = formats.map(format => storedFile(dataDir, 1, format)) as [string, string]
  writeFileSync(csvPath, csv)
  return { dataDir, csvPath, parquetPath, ...convertCsv(csvPath, parquetPath) }
}

/** As a column of doubles has them: other whole numbers would make it text. */
function printed(value: number): string {
  if (Object.is(value, -0)) return '-0.0'
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? value.toExponential() : String(value)
}

/** Columns that become plain pages, dictionaries and runs, of any exponents. */
const doubles = fc.oneof(
  { arbitrary: fc.double(), weight: 5 },
  { arbitrary: fc.double({ min: -1000, max: 1000, noNaN: true }), weight: 5 },
  fc.constantFrom(0.1, 5e-324, -2.5e-310, Number.MAX_VALUE, -Number.MAX_VALUE),
)
const columns = fc.oneof(
  fc.array(fc.option(doubles), { maxLength: 80, size: 'max' }),
  fc
    .array(doubles, { minLength: 1, maxLength: 5 })
    .chain(few => fc.array(fc.option(fc.constantFrom(...few)), { maxLength: 300, size: 'max' })),
)

test('both formats have the same exact sum, wherever the column is and whatever is in it', () => {
  const tables = fc.record({
    values: columns,
    before: fc.nat({ max: 3 }),
    behind: fc.nat({ max: 3 }),
    quote: fc.constantFrom('', '"'),
    end: fc.constantFrom('\n', '\r\n'),
  })
  fc.assert(
    fc.property(tables, ({ values, before, behind, quote, end }) => {
      const count = before + 1 + behind
      const record = (field: string) =>
        [...Array(before).fill('"a,""b"'), field, ...Array(behind).fill('7')].join() + end
      // One field that no int64 is, so that the column is of doubles.
      const fields = [0.5, ...values].map(value => (value === null ? '' : quote + printed(value) + quote))
      const header = Array.from({ length: count }, (_, i) => `c${i}`).join() + end
      const csv = header + fields.map(record).join('')
      const { csvPath, parquetPath, columns } = stored(csv)
      expect(columns[before]?.type).toBe('double')
      const expected = sumOf([0.5, ...values.filter(value => value !== null)])
      expect(sumCsvDoubles(csvPath, before, count)).toEqual(expected)
      expect(sumParquetDoubles(parquetPath, before)).toEqual(expected)
    }),
    { numRuns: randomCases(500) },
  )
})

test('the pieces of both formats add up to the whole, in any order', () => {
  const rows = 500_000
  const value = (row: number) => ((row * 7919) % 1_000_003) / 7 - row * 1e-9
  const values = Array.from({ length: rows }, (_, row) => value(row))
  const { csvPath, parquetPath, csvCuts, rowGroups } = stored(`v\n${values.join('\n')}\n`)
  const expected = sumOf(values)
  expect(csvCuts.length).toBeGreaterThan(0)
  expect(rowGroups).toBeGreaterThan(1)
  const merged = (sums: DoubleSum[]) => sums.reverse().reduce(mergeDoubles)
  const bounds = [0, ...csvCuts, undefined]
  const bytes = Buffer.byteLength(`v\n${values.join('\n')}\n`)
  const csvSums = bounds.slice(1).map((to = bytes, i) => {
    return sumCsvDoubles(csvPath, 0, 1, undefined, { bytes, from: bounds[i] as number, to })
  })
  expect(merged(csvSums)).toEqual(expected)
  const parquetSums = Array.from({ length: rowGroups }, (_, i) =>
    sumParquetDoubles(parquetPath, 0, undefined, { from: i, to: i + 1 }),
  )
  expect(merged(parquetSums)).toEqual(expected)
})

test('the values one after the other have the same sum', () => {
  fc.assert(
    fc.property(columns, values => {
      const fields = [0.5, ...values].map(value => (value === null ? '' : printed(value)))
      const { dataDir, csvPath } = stored(`v,w\n${fields.map(field => `${field},\n`).join('')}`)
      const whole = sumCsvDoubles(csvPath, 0, 2)
      for (const format of formats) {
        const piece = { id: 1, format, columnIndex: 0, columns: 2, type: 'double' } as const
        const slow = aggregateColumn(dataDir, piece, {
          empty: () => noDoubles,
          add: (sum, some) => mergeDoubles(sum, sumOf(some.filter(value => value !== null) as number[])),
        })
        expect(slow).toEqual(whole)
      }
    }),
    { numRuns: randomCases(100) },
  )
})

test('fields of other notations and quoted nulls are what a double column of an upload may have', () => {
  const path = temporaryFile('v,w\n1.5,x\n"2.5",x\n"",x\n,x\n-.25,x\n1e2,x\ninf,x\n')
  expect(sumCsvDoubles(path, 0, 2)).toEqual(sumOf([1.5, 2.5, -0.25, 100, Number.POSITIVE_INFINITY]))
})

test.each([
  ['v\n1.5\nabc\n', 'line 3: found "abc", expected a double'],
  ['v\n1.5\n"x"\n', 'line 3: found "x", expected a double'],
  ['v\n1,2\n', 'line 2: found 2 fields, expected 1'],
])('%j is refused', (text, message) => {
  expect(() => sumCsvDoubles(temporaryFile(text), 0, 1)).toThrow(message)
})

test('a sum of doubles that nobody waits for stops', () => {
  const { csvPath, parquetPath } = stored('v\n1.5\n')
  const cancelled = Int32Array.of(1)
  expect(thrown(() => sumCsvDoubles(csvPath, 0, 1, cancelled)).code).toBe('cancelled')
  expect(thrown(() => sumParquetDoubles(parquetPath, 0, cancelled)).code).toBe('cancelled')
})

test('what is not finite adds up as IEEE 754 has it', () => {
  const total = (...values: number[]) => specialTotal(sumOf(values))
  expect(total(1, 2)).toBeUndefined()
  expect(total(1, Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY)
  expect(total(Number.NEGATIVE_INFINITY, 1e308)).toBe(Number.NEGATIVE_INFINITY)
  expect(total(Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY)).toBeNaN()
  expect(total(Number.NaN, Number.POSITIVE_INFINITY)).toBeNaN()
})
