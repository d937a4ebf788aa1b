import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { convertCsv } from '../../src/ingest/convert.ts'
import { memory } from '../../src/kernelMemory.ts'
import { type Format, filesDirectory, formats, storedFile } from '../../src/paths.ts'
import type { ColumnType, Value } from '../../src/schema.ts'
import { type Aggregate, aggregateColumn, type ColumnPiece, columnValues } from '../../src/sum/aggregate.ts'
import { temporaryDirectory, thrown } from '../support/directories.ts'
import { type JudgedField, judge } from '../support/judge.ts'
import { readParquet } from '../support/readParquet.ts'

/** Makes the two files of an upload, without a row of the catalogue. */
function stored(csv: string) {
  const dataDir = temporaryDirectory()
  mkdirSync(filesDirectory(dataDir))
  writeFileSync(storedFile(dataDir, 1, 'csv'), csv)
  const converted = convertCsv(storedFile(dataDir, 1, 'csv'), storedFile(dataDir, 1, 'parquet'))
  const { columns } = converted
  const piece = (columnIndex: number, format: Format): ColumnPiece => ({
    id: 1,
    format,
    columnIndex,
    columns: columns.length,
    type: columns[columnIndex]?.type as ColumnType,
  })
  return { dataDir, ...converted, piece }
}

const valuesOf = (dataDir: string, piece: ColumnPiece): Value[] => [...columnValues(dataDir, piece)].flat()

/** The value of a field, as csv-parse finds it, in a column of each type. */
const meanings: Record<ColumnType, (text: string) => Value> = {
  int64: BigInt,
  double: Number,
  boolean: text => text.toLowerCase() === 'true',
  date: text => Date.parse(text) / 86_400_000,
  timestamp: text => BigInt(Date.parse(`${text}Z`)) * 1000n,
  'timestamp-utc': text => BigInt(Date.parse(text)) * 1000n,
  text: text => text,
}

const date = fc.date({ min: new Date('1900-01-01'), max: new Date('2100-01-01'), noInvalidDate: true })
const fields: Record<ColumnType, fc.Arbitrary<string>> = {
  int64: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map(String),
  double: fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .map(value => (Object.is(value, -0) ? '0' : String(value))),
  boolean: fc.constantFrom('true', 'false', 'TRUE'),
  date: date.map(value => value.toISOString().slice(0, 10)),
  timestamp: date.map(value => value.toISOString().slice(0, -1)),
  'timestamp-utc': date.map(value => value.toISOString()),
  text: fc.constantFrom('x', 'größe', '"a, ""b"""', '"two\nlines"', '""', '\u{feff}y'),
}
const types = Object.keys(fields) as ColumnType[]

test('the values of any column are what csv-parse finds in the CSV and hyparquet in the Parquet file', async () => {
  const row = fc.tuple(
    ...types.map(type =>
      fc.oneof({ weight: 3, arbitrary: fields[type] }, { weight: 1, arbitrary: fc.constantFrom('', '""') }),
    ),
  )
  const table = fc.tuple(fc.array(row, { minLength: 1, maxLength: 40 }), fc.constantFrom('\n', '\r\n'))
  const property = fc.asyncProperty(table, async ([rows, end]) => {
    const csv = [types, ...rows].map(record => record.join(',') + end).join('')
    const { dataDir, columns, piece } = stored(csv)
    const judged = judge(Buffer.from(csv))?.records ?? []
    const parquet = await readParquet(storedFile(dataDir, 1, 'parquet'))
    columns.forEach(({ type }, i) => {
      const expected = judged.map(record => {
        const { text, quoted } = record[i] as JudgedField
        return text === '' && !(quoted && type === 'text') ? null : meanings[type](text)
      })
      expect(valuesOf(dataDir, piece(i, 'csv')), type).toEqual(expected)
      expect(valuesOf(dataDir, piece(i, 'parquet')), type).toEqual(expected)
      expect(
        parquet.map(record => record[i] ?? null),
        type,
      ).toEqual(expected)
    })
  })
  await fc.assert(property, { numRuns: 50 })
})

interface Extent {
  count: number
  nulls: number
  greatest: Value
}

/** An aggregate as somebody would write a new one. */
const extent: Aggregate<Extent, string> = {
  empty: () => ({ count: 0, nulls: 0, greatest: null }),
  add: (partial, values) =>
    values.reduce<Extent>(
      (sum, value) =>
        extent.merge(sum, { count: value === null ? 0 : 1, nulls: value === null ? 1 : 0, greatest: value }),
      partial,
    ),
  merge: (one, other) => ({
    count: one.count + other.count,
    nulls: one.nulls + other.nulls,
    greatest:
      one.greatest === null || (other.greatest !== null && other.greatest > one.greatest)
        ? other.greatest
        : one.greatest,
  }),
  finish: ({ count, nulls, greatest }) => `${count} values, ${nulls} nulls, at most ${greatest}`,
}

test.each(formats)('the pieces of a column have the same aggregate as the whole (%s)', format => {
  const rows = 700_000
  const table = Array.from(
    { length: rows },
    (_, row) => `${row % 7 ? (row * 7919) % rows : ''},t${row % 100}\n`,
  )
  const { dataDir, piece, csvCuts, rowGroups } = stored(`n,t\n${table.join('')}`)
  const cuts = format === 'csv' ? csvCuts : Array.from({ length: rowGroups - 1 }, (_, i) => i + 1)
  expect(cuts.length).toBeGreaterThan(0)
  const bounds = [0, ...cuts, undefined]
  for (const column of [0, 1]) {
    const whole = aggregateColumn(dataDir, piece(column, format), extent)
    const partials = bounds.slice(1).map((to, i) => {
      const part = { from: bounds[i] as number, ...(to !== undefined && { to }) }
      return aggregateColumn(dataDir, { ...piece(column, format), ...part }, extent)
    })
    expect(partials.reduceRight(extent.merge)).toEqual(whole)
    const answer = column
      ? '700000 values, 0 nulls, at most t99'
      : '600000 values, 100000 nulls, at most 699999'
    expect(extent.finish(whole)).toBe(answer)
  }
})

test('a record larger than a block is read once, and its memory released', () => {
  const long = 'x'.repeat(300_000)
  const { dataDir, piece } = stored(`n,t\n1,a\n2,${long}\n3,b\n`)
  const usual = memory.blockBytes
  expect(valuesOf(dataDir, piece(0, 'csv'))).toEqual([1n, 2n, 3n])
  expect(valuesOf(dataDir, piece(1, 'csv'))).toEqual(['a', long, 'b'])
  expect(memory.blockBytes).toBe(usual)
})

test.each(formats)('a changed file is an error, not another value (%s)', format => {
  const { dataDir, piece } = stored('n,t\n1,a\n2,b\n3,c\n')
  const path = storedFile(dataDir, 1, format)
  const whole = readFileSync(path)
  writeFileSync(
    path,
    Buffer.from(whole.toString('latin1').replace(format === 'csv' ? '2,b' : '\x02\0\0\0', 'x'), 'latin1'),
  )
  const error = thrown(() => valuesOf(dataDir, piece(0, format)))
  expect(error.code).toBe(format === 'csv' ? 'invalid' : 'damaged')
  expect(
    thrown(() => valuesOf(dataDir, { ...piece(0, format), type: 'double', bytes: whole.length })).code,
  ).toBe('damaged')
})

test.each(formats)('a cancelled aggregate stops (%s)', format => {
  const { dataDir, piece } = stored('n\n1\n')
  expect(thrown(() => aggregateColumn(dataDir, piece(0, format), extent, Int32Array.of(1))).code).toBe(
    'cancelled',
  )
})
