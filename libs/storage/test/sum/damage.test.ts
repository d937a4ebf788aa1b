import { randomInt } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { parse } from 'csv-parse/sync'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { form, randomCases } from '../../../../testing/form.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import { dialect } from '../../src/csv/dialect.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import { type Format, storedFile } from '../../src/paths.ts'
import { sumCsvColumn } from '../../src/sum/csv.ts'
import { sumPieces } from '../../src/sum/pieces.ts'
import { planSum } from '../../src/sum/plan.ts'
import { opened, receive, temporaryDirectory, thrown } from '../support/directories.ts'
import { temporaryPath } from '../support/files.ts'

/** One upload: its files, and the sum of its column `v` as a server takes it. */
async function stored(csv: string) {
  const store = opened(temporaryDirectory())
  const upload = commitUpload(store.dataDir, await receive(store, csv), '2026-01-02T03:04:05.678Z')
  await store.catalogue.publish(upload)
  const { uploads } = await store.catalogue.snapshot()
  const places = findColumn(store.dataDir, 'v')
  const sum = (format: Format) => {
    const [plan] = planSum(uploads, places, format, 4)
    return sumPieces(store.dataDir, plan).integers
  }
  const file = (format: Format) => {
    const path = storedFile(store.dataDir, upload.id, format)
    return { path, bytes: readFileSync(path) }
  }
  return { upload, sum, file }
}

/** The values of `v`, so that it is stored in different ways: runs, a dictionary, deltas, plain, with nulls. */
const columns: [string, (row: number) => number | bigint | string][] = [
  ['one value', () => 7],
  ['few values', row => (row * 7919) % 5],
  ['a sequence', row => row * 3],
  ['all values', row => BigInt.asIntN(64, BigInt(row + 1) * 0x9e3779b97f4a7c15n)],
  ['nulls', row => (row % 3 === 0 ? '' : row % 100)],
]

const tableOf = (rows: number, value: (row: number) => unknown) =>
  `a,v,t\n${Array.from({ length: rows }, (_, row) => `${row},${value(row)},"t, ${row % 9}"\n`).join('')}`

/** The bits of a byte that are turned: in the short form any one of them. */
const turnedBits = () => (form === 'short' ? [1 << randomInt(8)] : [1, 2, 4, 8, 16, 32, 64, 128])

test.each(columns)(
  'no bit of a Parquet file (%s) can be another without an error, if the sum would be another',
  async (_, value) => {
    const { sum, file } = await stored(tableOf(40, value))
    const { path, bytes } = file('parquet')
    const whole = sum('parquet')
    let found = 0
    for (let at = 0; at < bytes.length; at++)
      for (const bit of turnedBits()) {
        const damaged = Buffer.from(bytes)
        damaged[at] = (bytes[at] as number) ^ bit
        writeFileSync(path, damaged)
        try {
          expect(sum('parquet'), `byte ${at}, bit ${bit}`).toBe(whole)
        } catch (error) {
          if (!(error as Error).message.startsWith('upload 1: ')) throw error
          found++
        }
      }
    expect(found).toBeGreaterThan(100 * turnedBits().length)
  },
)

test('a CSV without an end of its last line, or with blank lines, is what was uploaded', async () => {
  for (const csv of [
    'v\n1\n2',
    'v\r\n\r\n1\r\n2\r\n\r\n\r\n',
    '\uFEFFv\n3',
    'v',
    `v\n${'3\n'.repeat(300_000)}4`,
  ]) {
    const { sum } = await stored(csv)
    expect(sum('csv')).toBe(sum('parquet'))
  }
})

test.each(['csv', 'parquet'] as const)(
  'a %s file of another size, or that is missing, is named',
  async format => {
    const { sum, file } = await stored(tableOf(40, row => row))
    const { path, bytes } = file(format)
    for (const other of [bytes.subarray(0, -1), Buffer.concat([bytes, Buffer.from('\n')]), Buffer.alloc(0)]) {
      writeFileSync(path, other)
      expect(thrown(() => sum(format))).toMatchObject({
        code: 'damaged',
        message: `upload 1: ${path} has ${other.length} bytes, expected ${bytes.length}`,
      })
    }
    rmSync(path)
    expect(thrown(() => sum(format)).message).toBe(`upload 1: ${path} is missing`)
  },
)

/** What csv-parse finds: the sum of a column of the records, or that there is none; undefined if too many and too few fields make up for each other. */
function judgedSum(csv: Buffer, columns: number, column: number): bigint | 'error' | undefined {
  let records: { text: string; quoted: boolean }[][]
  try {
    const cast = (text: string, { quoting }: { quoting: boolean }) => ({ text, quoted: quoting })
    records = parse(csv, { ...dialect, cast, relax_column_count: true }) as unknown as typeof records
  } catch {
    return 'error'
  }
  if (records.some(fields => fields.length !== columns))
    return records.flat().length === columns * records.length ? undefined : 'error'
  let sum = 0n
  for (const fields of records.slice(1)) {
    const { text } = fields[column] as (typeof fields)[0]
    if (text === '') continue
    if (!/^-?\d+$/.test(text) || BigInt.asIntN(64, BigInt(text)) !== BigInt(text)) return 'error'
    sum += BigInt(text)
  }
  return sum
}

const number = fc.integer({ min: -99_999_999, max: 999_999_999 }).map(String)
const fields = fc.oneof(
  { arbitrary: number, weight: 20 },
  fc.constant(''),
  number.map(text => `"${text}"`),
  fc.constantFrom('"1,2"', '"1\n2"', '"12,"', '",12"', '"1\r\n"', '""'),
)
const tables = fc
  .tuple(fc.integer({ min: 1, max: 5 }), fc.constantFrom('\n', '\r\n'))
  .chain(([columns, end]) => {
    const record = fc.array(fc.oneof({ arbitrary: number, weight: 15 }, fields), {
      minLength: columns,
      maxLength: columns,
    })
    const header = Array.from({ length: columns }, (_, i) => `c${i}`).join()
    return fc.array(record, { maxLength: 60, size: 'max' }).map(records => ({
      columns,
      text: [header, ...records.map(texts => texts.join())].join(end),
    }))
  })
const damages = fc.array(
  fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
    removed: fc.nat({ max: 1 }),
    put: fc.constantFrom('"', ',', '\n', '\r', '\r\n', '""', '",', ',"', '"\n', '1', '-', 'x', ''),
  }),
  { maxLength: 3 },
)

test('a sum of a damaged CSV is what csv-parse finds there, or an error, whichever column it is of', () => {
  const tries = randomCases(4000)
  let sums = 0
  let errors = 0
  const path = temporaryPath('damaged.csv')
  fc.assert(
    fc.property(tables, damages, ({ columns, text }, damages) => {
      let damaged = text
      for (const { at, removed, put } of damages) {
        const from = Math.floor(at * damaged.length)
        damaged = damaged.slice(0, from) + put + damaged.slice(from + removed)
      }
      writeFileSync(path, damaged)
      for (let column = 0; column < columns; column++) {
        const judged = judgedSum(Buffer.from(damaged), columns, column)
        if (judged === undefined) continue
        if (judged === 'error') {
          expect(thrown(() => sumCsvColumn(path, column, columns)).code, damaged).toBe('invalid')
          errors++
        } else {
          expect(sumCsvColumn(path, column, columns), damaged).toBe(judged)
          sums++
        }
      }
    }),
    { numRuns: tries },
  )
  expect(Math.min(sums, errors)).toBeGreaterThan(tries / 4)
})
