import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { type BadRecord, type Checked, checkCsv } from '../../src/csv/check.ts'
import { StorageError } from '../../src/errors.ts'
import { closeFile, openFile } from '../../src/files.ts'
import { convertCsv } from '../../src/ingest/convert.ts'
import { defaultStorageLimits, MAX_RECORD_BYTES, setStorageLimits } from '../../src/limits.ts'
import { temporaryFile } from '../support/files.ts'
import { soup, tables, tableText } from '../support/soup.ts'

interface Check extends Checked {
  bad: BadRecord[]
}

function check(text: string | Uint8Array): Check {
  return checkFile(temporaryFile(text))
}

function checkFile(path: string): Check {
  const file = openFile(path)
  try {
    const bad: BadRecord[] = []
    const steps = checkCsv(file)
    for (;;) {
      const { done, value } = steps.next()
      if (done) return { ...value, bad }
      if (typeof value !== 'number') bad.push(value)
    }
  } finally {
    closeFile(file)
  }
}

/** Each problem as `LINE TEXT`. */
function problemsOf(text: string | Uint8Array): string[] {
  return check(text).bad.map(({ line, text }) => `${line}${text}`)
}

/** What a conversion says: the refusal, or rows and columns. */
function converted(path: string): string | Pick<Checked, 'rows' | 'columns'> {
  try {
    const { rows, columns } = convertCsv(path, `${path}.parquet`)
    return { rows, columns }
  } catch (error) {
    if (error instanceof StorageError) return error.message
    throw error
  }
}

/** Cuts parts out of bytes. */
function without(bytes: Buffer, parts: readonly { from: number; to: number }[]): Buffer {
  const starts = [0, ...parts.map(({ to }) => to)]
  return Buffer.concat(starts.map((start, i) => bytes.subarray(start, parts[i]?.from)))
}

/** Records that often break a rule, below a header of two columns. */
const damaged = fc
  .array(
    fc.constantFrom(
      '1,2\n',
      '3,x\r\n',
      '\n',
      '"a\nb",5\n',
      '1\n',
      '1,2,3\n',
      '1,a"b\n',
      '"a"b,1\r\n',
      'a\rb,1\n',
      '"","c\rd"\n',
      'bad\xff,1\n',
      '7,8',
      '"open,1\n',
    ),
    { maxLength: 12 },
  )
  .map(records => Buffer.from(`c0,c1\n${records.join('')}`, 'latin1'))

test('a check finds a problem exactly if a conversion does, and the records without problems are a file of the same rows and types', () => {
  const files = fc.oneof(
    soup.map(text => Buffer.from(text)),
    tables.map(table => Buffer.from(tableText(table))),
    damaged,
    damaged,
  )
  fc.assert(
    fc.property(files, bytes => {
      const path = temporaryFile(bytes)
      const refusal = converted(path)
      let found: Check
      try {
        found = checkFile(path)
      } catch (error) {
        // There is no valid header.
        expect((error as Error).message).toBe(refusal)
        return
      }
      const { bad, rows, columns } = found
      const messages = bad.map(
        ({ line, text }) => `line ${line}${text.replace('; the rest of the file is not checked', '')}`,
      )
      if (typeof refusal === 'string') expect(messages).toContain(refusal)
      else expect([messages, rows, columns]).toEqual([[], refusal.rows, refusal.columns])
      for (const [i, { bytes: range }] of bad.entries()) {
        expect(range.from).toBeLessThan(range.to)
        expect(range.from).toBeGreaterThanOrEqual(bad[i - 1]?.bytes.to ?? found.headerEnd)
      }
      const mended = without(
        bytes,
        bad.map(({ bytes: range }) => range),
      )
      expect(converted(temporaryFile(mended))).toEqual({ rows, columns })
    }),
    { numRuns: randomCases(4000) },
  )
})

test('all problems of a file are found, each with its line', () => {
  const records = ['1,2', '3', '4,5,6', '7,8"', '"9"0,1', '"a\nb",', 'ok,\xe9', 'x,y\rz', '10,11']
  expect(problemsOf(Buffer.from(`a,b\r\n${records.join('\r\n')}\r\n`, 'latin1'))).toEqual([
    '3: found 1 field, expected 2',
    '4: found 3 fields, expected 2',
    '5, column 2: found a quote inside an unquoted field, expected the whole field in quotes and the quote doubled',
    "6, column 1: found text after a closing quote, expected a comma or the line's end",
    expect.stringMatching(
      /^9, column "b": found bytes that are not UTF-8 but windows-1252 \("é"\), expected/,
    ),
    '10: found a CR that no LF follows, expected LF or CRLF: put a field that has a CR in quotes',
  ])
})

test('the check ends at a quote that is never closed, and says so', () => {
  const { bad, rows } = check('a\n1\n"2\n3"4\n5\n"6\n7\n8\n')
  expect(bad.map(({ line, text }) => `${line}${text}`)).toEqual([
    "4, column 1: found text after a closing quote, expected a comma or the line's end",
    '6, column 1: found a quote that is never closed, expected a closing quote; the rest of the file is not checked',
  ])
  expect(bad.map(({ bytes }) => bytes)).toEqual([
    { from: 4, to: 11 },
    { from: 13, to: 20 },
  ])
  expect(rows).toBe(2)
})

test('a record that is too long ends the check, and a field over the limit does not', () => {
  const long = Buffer.alloc(MAX_RECORD_BYTES + 10, 'x')
  expect(problemsOf(Buffer.concat([Buffer.from('a\n1\n'), long, Buffer.from('\n"')]))).toEqual([
    `3: found a record of over ${MAX_RECORD_BYTES} bytes, expected at most ${MAX_RECORD_BYTES}; the rest of the file is not checked`,
  ])
  setStorageLimits({ ...defaultStorageLimits, fieldBytes: 5 })
  try {
    expect(problemsOf('a,b\n1,12345\n2,123456\n123456,3\n4,5\n')).toEqual([
      '3, column "b": found a field of 6 bytes, expected at most 5',
      '4, column "a": found a field of 6 bytes, expected at most 5',
    ])
  } finally {
    setStorageLimits(defaultStorageLimits)
  }
})

test('in a file of many blocks, long records among them, rows and problems are all counted', () => {
  const lines = Array.from({ length: 200_000 }, (_, i) => (i % 50_000 === 1 ? `${i}` : `${i},${i % 7}`))
  lines[100_000] = `"${'long\n'.repeat(200_000)}",1`
  const path = temporaryFile(`a,b\n${lines.join('\n')}`)
  const { bad, rows, columns } = checkFile(path)
  expect(bad.map(({ line }) => line)).toEqual([3, 50_003, 300_003, 350_003])
  expect(rows).toBe(200_000 - 4)
  expect(columns.map(({ type }) => type)).toEqual(['text', 'int64'])
  const bytes = readFileSync(path)
  expect(bad.map(({ bytes: { from, to } }) => bytes.toString('latin1', from, to))).toEqual([
    '1\n',
    '50001\n',
    '100001\n',
    '150001\n',
  ])
})

test('a text column of few misfits has a note, and a column of numbers or words has none, wherever its first number is', () => {
  const rows = Array.from(
    { length: 20 },
    (_, i) => `${i},${i === 7 ? '12a' : i},${i === 0 ? 1 : 'w'},${i === 3 ? '007' : i}`,
  )
  expect(check(`a,b,c,d\nbroken\n${rows[0]}\nbroken\n${rows.slice(1).join('\n')}\n`)).toMatchObject({
    columns: [{ type: 'int64' }, { type: 'text' }, { type: 'text' }, { type: 'text' }],
    notes: [
      { position: 1, misfit: { line: 11, value: '12a' } },
      { position: 3, misfit: undefined },
    ],
  })
})

test('the note of a column of numbers names the first that is no integer, whichever block it is in', () => {
  const rows = Array.from({ length: 200_000 }, (_, i) => `${i}`)
  const { notes } = check(['t', '9007199254740993', '1.5', ...rows, '2.5', ''].join('\n'))
  expect(notes).toEqual([{ position: 0, misfit: { line: 3, value: '1.5' } }])
})
