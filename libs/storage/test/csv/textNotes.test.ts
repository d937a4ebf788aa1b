import { statSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { numberKind } from '../../../kernels/test/twins/values.ts'
import { findMisfit } from '../../src/csv/misfit.ts'
import type { TextNote } from '../../src/csv/textNotes.ts'
import { type Converted, convertCsv, convertGrowingCsv } from '../../src/ingest/convert.ts'
import { temporaryFile, temporaryPath } from '../support/files.ts'

const parquetPath = temporaryPath('output.parquet')

function convert(csv: string): Converted {
  return convertCsv(temporaryFile(csv), parquetPath)
}

function notesOf(csv: string): readonly TextNote[] {
  return convert(csv).notes
}

const numbers = Array.from({ length: 50 }, (_, i) => `${i}`)

test('a text column of integers and nulls alone is noted as such: leading zeros, signs, spaces, more digits than int64 has', () => {
  const fields = ['01220', '+5', '"-7"', ' 8', '', '""', '123456789012345678901234567890']
  expect(notesOf(`n,t\n${fields.map((field, i) => `${i},${field}`).join('\n')}\n`)).toEqual([
    { position: 1, misfit: undefined },
  ])
})

test('a column of over nine tenths numbers is noted with the first field that is none, its line and its text', () => {
  const csv = ['a,amount', ...numbers.map(n => `"x\ny",${n}`), 'z,"n/a ""b"""', 'z,other'].join('\r\n')
  expect(notesOf(csv)).toEqual([{ position: 1, misfit: { line: 102, value: 'n/a "b"' } }])
})

test('whole numbers with a point are integers too', () => {
  expect(notesOf('t\n9007199254740993\n2.0\n3.\n')).toEqual([{ position: 0, misfit: undefined }])
})

test('a column of numbers that a double would round is noted with the first number that is no integer', () => {
  expect(notesOf('t\n9007199254740993\n1.5\n2.5\n')).toEqual([
    { position: 0, misfit: { line: 3, value: '1.5' } },
  ])
})

test('columns of words, of nine tenths numbers, and of other types are not noted', () => {
  const nine = [...numbers.slice(0, 9), 'x']
  expect(notesOf(`w,n,t\n${nine.map((field, i) => `word,${i},${field}`).join('\n')}\n`)).toEqual([])
  expect(notesOf('day,flag\n2024-01-01,true\n')).toEqual([])
})

test('the text of a note has at most 80 bytes and whole characters', () => {
  const csv = (misfit: string) => `t\n${numbers.join('\n')}\n${misfit}\n`
  expect(notesOf(csv('x'.repeat(81)))[0]?.misfit?.value).toBe('x'.repeat(80))
  expect(notesOf(csv(`x${'é'.repeat(60)}`))[0]?.misfit?.value).toBe(`x${'é'.repeat(39)}`)
  expect(notesOf(csv(`"${'""'.repeat(100)}"`))[0]?.misfit?.value).toBe('"'.repeat(80))
  expect(notesOf(csv('😀'.repeat(30)))[0]?.misfit?.value).toBe('😀'.repeat(20))
})

const manyNumbers = Array.from({ length: 200_000 }, (_, i) => `w,${i}`)

test('a field that stands in a later block than the first is found, and so is one behind blocks of nulls', () => {
  const late = ['w,x', ...manyNumbers, 'w,n/a', 'w,n/b', ''].join('\n')
  expect(notesOf(late)).toEqual([{ position: 1, misfit: { line: 200_002, value: 'n/a' } }])
  const zips = ['w,x', ...manyNumbers.map(() => 'w,'), 'w,+7', ''].join('\n')
  expect(notesOf(zips)).toEqual([{ position: 1, misfit: undefined }])
  const rounded = ['w,x', 'w,9007199254740993', 'w,1.5', ...manyNumbers, 'w,2.5', ''].join('\n')
  expect(notesOf(rounded)).toEqual([{ position: 1, misfit: { line: 3, value: '1.5' } }])
  const words = ['w,x', ...manyNumbers.map(() => 'w,'), 'w,word', 'w,1', ''].join('\n')
  expect(notesOf(words)).toEqual([])
})

test('a file that is converted while it arrives is noted as one that is there', () => {
  const csv = ['w,signed,x', ...manyNumbers.map(line => `${line.replace(',', ',+')},5`), ''].join('\n')
  const path = temporaryFile(csv)
  const { size } = statSync(path)
  const extend = (wanted: number) => ({ end: Math.min(wanted, size), complete: wanted >= size })
  expect(convertGrowingCsv(path, parquetPath, extend)?.notes).toEqual([{ position: 1, misfit: undefined }])
})

const texts = fc.constantFrom('', '7', '007', '+1', '1.5', 'NaN', 'n/a', 'word', ' ', '12345678901234567890')
const weighted = fc.oneof(
  { arbitrary: fc.constantFrom('3', '04'), weight: 20 },
  { arbitrary: texts, weight: 1 },
)

test('notes are what the fields say', () => {
  fc.assert(
    fc.property(fc.array(weighted, { minLength: 1, maxLength: 40, size: 'max' }), fields => {
      const path = temporaryFile(`t,n\n${fields.map(field => `${field},1`).join('\n')}\n`)
      const { columns, notes } = convertCsv(path, parquetPath)
      const kinds = fields.map(numberKind)
      const filled = fields.filter(field => field !== '')
      const lineOf = (i: number) => (i < 0 ? undefined : { line: i + 2, value: fields[i] })
      const other = lineOf(kinds.findIndex((kind, i) => fields[i] !== '' && kind === undefined))
      const misfit = other ?? lineOf(kinds.indexOf('fraction'))
      const looksLikeNumbers = 10 * kinds.filter(kind => kind !== undefined).length > 9 * filled.length
      const isNoted = columns[0]?.type === 'text' && looksLikeNumbers
      expect(notes).toEqual(isNoted ? [{ position: 0, misfit }] : [])
      expect(findMisfit(path, { columnIndex: 0, columns: 2 })).toEqual(misfit)
    }),
    { numRuns: randomCases(2000) },
  )
})
