import { truncateSync } from 'node:fs'
import { expect, test } from 'vitest'
import { RecordReader } from '../../src/csv/recordReader.ts'
import { closeFile, openFile } from '../../src/files.ts'
import { MAX_RECORD_BYTES } from '../../src/limits.ts'
import { temporaryFile } from '../support/files.ts'

function readAll(text: string | Uint8Array, columns: number, ...blocks: number[]): number {
  const file = openFile(temporaryFile(text))
  try {
    let records = 0
    const reader = new RecordReader(file, 0, columns, ...blocks)
    while (reader.next()) records += reader.records
    return records
  } finally {
    closeFile(file)
  }
}

test.each([
  ['1,2\n\n3\n', 'line 3: found 1 field, expected 2'],
  ['1,2\n3,4,5\n', 'line 2: found 3 fields, expected 2'],
  ['1,"2\n3\n', 'line 1, column 2: found a quote that is never closed, expected a closing quote'],
  ['"a\nb",2\n3,4"\n', 'line 3, column 2: found a quote inside an unquoted field'],
  ['1,2\r\n"a"b,2\r\n', 'line 2, column 1: found text after a closing quote'],
  [
    '"a";"b"\n',
    "expected a comma or the line's end: if a semicolon separates fields, `table-cli upload --delimiter` translates the file",
  ],
  ['1,2\r3,4\n', 'line 1: found a CR that no LF follows'],
  ['\r1\n', 'line 1: found a CR that no LF follows'],
  ['1,2\n"3","4"\r', 'line 2: found a CR that no LF follows'],
])('%j is refused with line and column', (text, message) => {
  expect(() => readAll(text, 2)).toThrow(
    expect.objectContaining({ code: 'invalid', message: expect.stringContaining(message) }),
  )
})

test.each(['x;y\n1,5;2\n', 'x;y\n1,5;2', 'x;y\n;1,2\n3\n'])(
  'fields that something else separates are recognised in %j',
  text => {
    expect(() => readAll(text, 1)).toThrow(
      'line 2: found 2 fields, expected 1: if a semicolon separates fields, `table-cli upload --delimiter` translates the file',
    )
  },
)

test.each([
  ['x\n1,2\n3;4\n', 'line 2: found 2 fields, expected 1'],
  ['x\n1\t2,3\n', 'line 2: found 2 fields, expected 1: if a tab separates'],
  ['x\n1|2,3', 'line 2: found 2 fields, expected 1: if a vertical bar separates'],
])('a separator counts on the line of the problem: %j', (text, message) => {
  expect(() => readAll(text, 1)).toThrow(message.endsWith('1') ? new RegExp(`${message}$`) : message)
})

test('a record longer than a block is read whole', () => {
  const long = `"${'a,"" \n'.repeat(1000)}"`
  expect(readAll(`1,${long}\n2,x\n`, 2, 64, 16)).toBe(2)
})

test('a record over the limit is refused with its line, its size and the limit', () => {
  const text = Buffer.alloc(MAX_RECORD_BYTES + 1000, 'a')
  expect(() => readAll(Buffer.concat([Buffer.from('1\n'), text]), 1)).toThrow(
    `line 2: found a record of over ${MAX_RECORD_BYTES} bytes, expected at most ${MAX_RECORD_BYTES}`,
  )
})

test('a table with more columns than a block has fields is read', () => {
  const row = '1,'.repeat(99).concat('1\n')
  expect(readAll(row.repeat(3), 100, 64, 16)).toBe(3)
})

test('a file that becomes shorter while it is read is reported', () => {
  const path = temporaryFile('1,2\n'.repeat(1000))
  const file = openFile(path)
  const reader = new RecordReader(file, 0, 2, 64, 64)
  reader.next()
  truncateSync(path, 100)
  expect(() => {
    while (reader.next());
  }).toThrow('became shorter while it was read')
  closeFile(file)
})
