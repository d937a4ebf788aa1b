import { expect, test } from 'vitest'
import { dialectWarnings, foreignKind, lineEndsOf, notUtf8 } from '../../src/csv/otherFormats.ts'

const latin1 = (text: string) => Buffer.from(text, 'latin1')

test.each([
  ['PAR1\x15', 'a Parquet file (PAR1)', 'write it as CSV first'],
  ['PK\x03\x04\x14', 'a ZIP archive', 'unpack it first'],
  ['PK\x03\x04 [Content_Types].xml', 'an Excel workbook (XLSX)', 'save it as CSV UTF-8 first'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an Excel workbook (XLS)', 'save it as CSV UTF-8 first'],
  ['\x1f\x8b\x08', 'gzip', 'unpack it, or send it by `table-cli upload`, which unpacks it'],
  ['\x28\xb5\x2f\xfd', 'zstd', 'unpack it, or send it by `table-cli upload`, which unpacks it'],
  ['BZh91AY&SY\x8c', 'bzip2', 'unpack it first'],
  ['\xfd7zXZ\0\0', 'xz', 'unpack it first'],
  ['7z\xbc\xaf\x27\x1c\0', 'a 7-Zip archive', 'unpack it first'],
  ['%PDF-1.7', 'a PDF', 'write its tables as CSV first'],
  ['\x89PNG\r\n', 'a picture (PNG)', 'choose another file'],
  ['\xff\xd8\xff\xe0', 'a picture (JPEG)', 'choose another file'],
  ['\xff\xfex\0', 'UTF-16LE text', 'convert it to UTF-8, or upload with `--encoding utf-16le`'],
  ['\xfe\xff\0x', 'UTF-16BE text', 'convert it to UTF-8, or upload with `--encoding utf-16be`'],
  ['x\0y\0', 'UTF-16LE text', 'convert it to UTF-8, or upload with `--encoding utf-16le`'],
  ['\0x\0y', 'UTF-16BE text', 'convert it to UTF-8, or upload with `--encoding utf-16be`'],
  ['\xff\xfe\0\0x', 'UTF-32LE text', 'convert it to UTF-8'],
  ['\0\0\xfe\xffx', 'UTF-32BE text', 'convert it to UTF-8'],
  ['x\0\0\0', 'UTF-32LE text', 'convert it to UTF-8'],
  ['\0\0\0x', 'UTF-32BE text', 'convert it to UTF-8'],
  ['<!DOCTYPE  html>', 'an HTML page', 'look at what the page says, or save its table as CSV'],
  ['\n <TABLE>', 'an HTML page', 'look at what the page says, or save its table as CSV'],
  ['\xef\xbb\xbf<html', 'an HTML page', 'look at what the page says, or save its table as CSV'],
  ...['{"a": 1', '{}', '{', '[', '[{', '[[1', '["a"', '[]', '[1, 2', '[-1.5e3 ,', '[true]', ' [ null ,'].map(
    text => [text, 'JSON', 'write it as CSV first'] as [string, string, string],
  ),
])('a file that begins with %j is told', (text, name, remedy) => {
  expect(foreignKind(latin1(text))).toEqual({ name, remedy })
})

test.each([
  '',
  'x',
  'x,y\n1,2\n',
  'PAR',
  'PAR2',
  'x\0y',
  '\0',
  '\xff',
  'a <html>',
  '<htmlx>',
  'BZh9,x\n',
  '7z,x\n',
  '[id],{x}\n',
  '{x},y\n',
  '[1]\n',
  '[trueish],b\n',
  'P\x03K\x04',
  '\xef\xbb\xbfx,y\n',
])('a file that begins with %j can be CSV', text => {
  expect(foreignKind(latin1(text))).toBeUndefined()
})

test('text that is no UTF-8 is windows-1252, unless it has bytes that mean nothing there', () => {
  expect(notUtf8(latin1('caf\xe9 \x80'))).toBe(
    'not UTF-8 but windows-1252 ("café €"), expected UTF-8 text: convert, or upload with `--encoding windows-1252`',
  )
  expect(notUtf8(latin1('\t\r\n\xe9'))).toContain('windows-1252')
  for (const byte of [0x81, 0x8d, 0x8f, 0x90, 0x9d, 0x00, 0x07, 0x1f])
    expect(notUtf8(Buffer.of(0x61, 0xe9, byte))).toBe('not UTF-8, expected UTF-8 text')
  expect(notUtf8(Buffer.concat([Buffer.alloc(5000, 'x'), Buffer.of(0xe9)])).length).toBeLessThan(1200)
})

test.each([
  ['a\r\r\nb\r\r\n', 1, 'line ends are CR CR LF: convert them to LF'],
  ['a\rb\rc', 1, 'line ends are CR alone: convert, or upload with `--line-end cr`'],
  ['a\rb\rc\n', 1, 'line ends are CR alone: convert, or upload with `--line-end cr`'],
  ['a\rb\n', 1, 'put a field that has a CR in quotes'],
  ['a\r\nb\rc\r\n', 4, 'put a field that has a CR in quotes'],
  ['a\r\r', 1, 'line ends are CR alone: convert, or upload with `--line-end cr`'],
])('the line ends of %j', (text, at, expected) => {
  const bytes = latin1(text)
  expect(lineEndsOf(bytes, bytes.subarray(at, at + 3))).toBe(expected)
})

test.each([
  ['x;y\n1;2\n', 'a semicolon'],
  ['x\ty\n\n1\t2\n', 'a tab'],
  ['x|y\n1|2\nincomplete', 'a vertical bar'],
])('%j looks as if %s separates its fields', (text, what) => {
  const [name = ''] = text.split('\n')
  expect(dialectWarnings([name], latin1(text), false)).toEqual([
    `the file is stored as one column, "${name}", but each of its first lines has ${what}: if that separates fields, \`table-cli upload --delimiter\` translates the file`,
  ])
})

test('only the whole lines at the start of a file count, and of a whole file the last one too', () => {
  expect(dialectWarnings(['x;y'], latin1('x;y\n1;2'), true)).toHaveLength(1)
  expect(dialectWarnings(['x;y'], latin1('x;y\n1'), true)).toEqual([])
  expect(dialectWarnings(['x;y'], latin1('x;y\n1'), false)).toHaveLength(1)
  expect(dialectWarnings(['x;y|z'], latin1('x;y|z\n1;2|3\n'), true)).toHaveLength(2)
})

test('files of several columns are no other dialect, but for the line that Excel knows', () => {
  expect(dialectWarnings(['x;y', 'z'], latin1('x;y,z\n1;2,3\n'), true)).toEqual([])
  expect(dialectWarnings([], latin1(''), true)).toEqual([])
  expect(dialectWarnings(['sep=', ''], latin1('sep=,\nx,y\n'), true)).toEqual([
    expect.stringMatching(/^the file begins with "sep=", a line by which Excel knows the separator/),
  ])
  expect(dialectWarnings(['xsep='], latin1('xsep=\n'), true)).toEqual([])
})
