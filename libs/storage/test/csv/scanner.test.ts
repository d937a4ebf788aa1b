import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { readStoredHeader } from '../../src/csv/header.ts'
import { RecordReader } from '../../src/csv/recordReader.ts'
import { scanRecords } from '../../src/csv/scanner.ts'
import { StorageError } from '../../src/errors.ts'
import { closeFile, openFile } from '../../src/files.ts'
import { temporaryFile } from '../support/files.ts'
import { type Judged, type JudgedField, judge } from '../support/judge.ts'
import { soup, tables, tableText } from '../support/soup.ts'

/** Reads a whole file with our scanner, like a stored one. Returns undefined if the file is refused. Every refusal must name its place. */
function scanned(text: string, blocks: number[]): Judged | undefined {
  const file = openFile(temporaryFile(text))
  try {
    const { names, end } = readStoredHeader(file)
    const records: JudgedField[][] = []
    const reader = new RecordReader(file, end, names.length, ...blocks)
    while (reader.next()) {
      for (let r = 0; r < reader.records; r++) {
        records.push(names.map((_, column) => field(reader, r * names.length + column)))
      }
    }
    return { names, records }
  } catch (error) {
    expect(error).toBeInstanceOf(StorageError)
    expect((error as StorageError).message).toMatch(/line \d+/)
    return undefined
  } finally {
    closeFile(file)
  }
}

function field({ bytes, bounds }: RecordReader, index: number): JudgedField {
  const raw = Buffer.from(bytes.subarray(bounds[2 * index], bounds[2 * index + 1])).toString()
  if (!raw.startsWith('"')) return { text: raw, quoted: false }
  return { text: raw.slice(1, -1).replaceAll('""', '"'), quoted: true }
}

const wide: number[] = []
const narrow = [7, 5]

test.each([
  ['in one block', wide],
  ['in blocks of a few bytes', narrow],
])('the scanner and csv-parse find the same fields or both refuse, %s', (_, blocks) => {
  fc.assert(
    fc.property(fc.oneof(soup, tables.map(tableText)), text => {
      expect(scanned(text, blocks)).toEqual(judge(Buffer.from(text), true))
    }),
    { numRuns: randomCases(4000) },
  )
})

test.each([
  'x\n"y"\r',
  'x\n"y"\r\n',
  'x\ny\r',
  'x\n\r',
  'x\n"y',
  'x\n"y""',
  'x\n""""',
  'x\n""',
  'x,y\n1,',
  'x,y\n,\r\n',
  'x,y\n"1",\n',
  'x\n1\n\n\r\n2',
])('the scanner and csv-parse agree on %j', text => {
  expect(scanned(text, wide)).toEqual(judge(Buffer.from(text), true))
  expect(scanned(text, narrow)).toEqual(judge(Buffer.from(text), true))
})

test('a last record without a line end ends where the bytes end', () => {
  const bytes = Buffer.from('1,2\n3,4 ')
  expect(scanRecords(bytes, 0, bytes.length - 1, true, 2, new Int32Array(20))).toEqual({
    records: 2,
    next: 7,
  })
})

test('records before a problem are found, and the problem has its place', () => {
  const bytes = Buffer.from('1,2\n3,"4"x\n ')
  const scan = scanRecords(bytes, 0, bytes.length - 1, true, 2, new Int32Array(20))
  expect(scan).toEqual({
    records: 1,
    next: 4,
    problem: { kind: 'text after a quote', position: 9, fieldsFound: 1 },
  })
})

test('a scan stops where the bounds are full and goes on from there', () => {
  const bytes = Buffer.from('1,2\n3,4\n5,6\n ')
  const bounds = new Int32Array(8)
  expect(scanRecords(bytes, 0, bytes.length - 1, true, 2, bounds)).toEqual({ records: 2, next: 8 })
  expect(scanRecords(bytes, 8, bytes.length - 1, true, 2, bounds)).toEqual({ records: 1, next: 12 })
})
