import { expect, onTestFinished, test } from 'vitest'
import { type Header, readHeader, readStoredHeader } from '../../src/csv/header.ts'
import { closeFile, openFile } from '../../src/files.ts'
import { defaultStorageLimits, setStorageLimits } from '../../src/limits.ts'
import { temporaryFile } from '../support/files.ts'

function headerOf(content: string | Uint8Array): Header {
  const file = openFile(temporaryFile(content))
  try {
    return readHeader(file)
  } finally {
    closeFile(file)
  }
}

function expectInvalid(content: string | Uint8Array, message: string): void {
  const refusal = expect.objectContaining({ code: 'invalid', message: expect.stringContaining(message) })
  expect(() => headerOf(content)).toThrow(refusal)
}

test('the header ends where the first record begins', () => {
  expect(headerOf('x,y\n1,2\n')).toEqual({ names: ['x', 'y'], end: 4, warnings: [] })
  expect(headerOf('x,y\r\n1,2')).toEqual({ names: ['x', 'y'], end: 5, warnings: [] })
  expect(headerOf('x,y')).toEqual({ names: ['x', 'y'], end: 3, warnings: [] })
})

test('a byte order mark is no part of the first name', () => {
  expect(headerOf('\uFEFFx,y\n')).toEqual({ names: ['x', 'y'], end: 7, warnings: [] })
  expect(headerOf('\uFEFF"x",y\n').names).toEqual(['x', 'y'])
})

test('names may be quoted, with commas, quotes and line breaks', () => {
  expect(headerOf('\n\r\n"a,\n""b""",é\n1,2').names).toEqual(['a,\n"b"', 'é'])
})

test('a header is what its file says, whatever file was read before', () => {
  const texts = [
    'x,y\n1,2\n',
    'x,y',
    'x,yz\n',
    'x,y\r\n1,2',
    'x,y\n,z\n',
    '"x,y\n"\n',
    '\nx,y\n',
    'x\n',
    'x,y,z\n',
  ]
  const alone = texts.map(text => {
    headerOf(`another ${text.length}\n`)
    return headerOf(text)
  })
  expect(new Set(alone.map(header => JSON.stringify(header))).size).toBeGreaterThan(6)
  for (const before of texts)
    for (const [i, text] of texts.entries()) {
      headerOf(before)
      expect(headerOf(text)).toEqual(alone[i])
    }
})

test('a limit that is lowered holds for the header that was read before, too', () => {
  onTestFinished(() => setStorageLimits(defaultStorageLimits))
  expect(headerOf('x,y\n1,2\n').names).toEqual(['x', 'y'])
  setStorageLimits({ ...defaultStorageLimits, columns: 1 })
  expectInvalid('x,y\n1,2\n', 'line 1: found 2 columns, expected at most 1')
  setStorageLimits({ ...defaultStorageLimits, headerBytes: 3 })
  expectInvalid('x,y\n1,2\n', 'line 1: found a header of 4 bytes, expected at most 3')
})

test('a header longer than one read is read whole', () => {
  const names = Array.from({ length: 9_000 }, (_, i) => `column ${i}`)
  const text = names.join(',')
  expect(headerOf(`${text}\n1`)).toEqual({ names, end: text.length + 1, warnings: [] })
  const quoted = `"${'long\n'.repeat(10_000)}"`
  expect(headerOf(`${quoted}\n1`).names).toEqual(['long\n'.repeat(10_000)])
})

test.each([
  ['a,b,,\n1,2,,\n', ['a', 'b', 'column3', 'column4']],
  ['x,y,x,x\n', ['x', 'y', 'x_1', 'x_2']],
  ['a,a,a_1,a\n', ['a', 'a_2', 'a_1', 'a_3']],
  ['a,A,a ," "\n', ['a', 'A', 'a ', ' ']],
  [',column1,\n', ['column1_1', 'column1', 'column3']],
  ['"",\n', ['column1', 'column2']],
  ['""\n', ['column1']],
])('names that are missing or come twice are made: %j', (text, names) => {
  expect(headerOf(text).names).toEqual(names)
})

test('a name that was made is a warning', () => {
  expect(headerOf('x,,x\n').warnings).toEqual([
    'column 2 has no name: it is called "column2"',
    'the name "x" comes twice: column 3 is called "x_1"',
  ])
  const { warnings } = headerOf(`${'x,'.repeat(500)}y\n`)
  expect(warnings).toHaveLength(11)
  expect(warnings.at(-1)).toBe('489 more columns were named like that')
})

test.each([
  ['x;y\n1;2\n', 'each of its first lines has a semicolon'],
  ['x\ty\r\n1\t2', 'each of its first lines has a tab'],
  ['x|y\n1|2\n', 'each of its first lines has a vertical bar'],
  [`x;y\n${'1;2\n'.repeat(5000)}3\n`, 'each of its first lines has a semicolon'],
  ['sep=;\nx;y\n', 'the file begins with "sep=;"'],
  ['sep=,\nx,y\n', 'the file begins with "sep="'],
  ['1,alice,2.5\n2,bob,3\n', 'if the file has no header'],
  ['-1.5e3\n2\n', 'the first column is called "-1.5e3"'],
])('%j looks like another dialect, which is a warning', (text, warning) => {
  expect(headerOf(text).warnings[0]).toContain(warning)
})

test.each(['2019a,1\n1,2\n', '.\n1\n', 'x;y\n1\n', 'x\n1;2\n', 'x;y,z\n1;2,3\n', 'x\n', 'x'])(
  '%j gives no warning',
  text => {
    expect(headerOf(text).warnings).toEqual([])
  },
)

test('a header that was read before does not bring its warnings along', () => {
  expect(headerOf('x;y\n1;2\n').warnings).toHaveLength(1)
  expect(headerOf('x;y\n1\n').warnings).toEqual([])
  expect(headerOf('x;y\n1;2\n').warnings).toHaveLength(1)
})

test.each([
  ['PAR1\x15\x04', 'a Parquet file (PAR1)'],
  ['PK\x03\x04\x14\0', 'a ZIP archive'],
  ['PK\x03\x04\x14\0\x06\0\x08\0[Content_Types].xml', 'an Excel workbook (XLSX)'],
  ['\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', 'an Excel workbook (XLS)'],
  ['\x1f\x8b\x08\0', 'gzip'],
  ['%PDF-1.7\n', 'a PDF'],
  ['\x89PNG\r\n\x1a\n', 'a picture (PNG)'],
  ['\xff\xd8\xff\xe0\0\x10JFIF', 'a picture (JPEG)'],
  ['\x28\xb5\x2f\xfd\x04', 'zstd'],
  ['\xff\xfex\0\n\0', 'UTF-16LE text'],
  ['\xfe\xff\0x\0\n', 'UTF-16BE text'],
  ['x\0,\0y\0\n\0', 'UTF-16LE text'],
  ['\0x\0,\0y\0\n', 'UTF-16BE text'],
  ['\xff\xfe\0\0x\0\0\0', 'UTF-32LE text'],
  ['\0\0\xfe\xff\0\0\0x', 'UTF-32BE text'],
  ['x\0\0\0\n\0\0\0', 'UTF-32LE text'],
  ['\0\0\0x\0\0\0\n', 'UTF-32BE text'],
  ['\n <!DOCTYPE html>\n<html>', 'an HTML page'],
  ['\xef\xbb\xbf<html lang="en">', 'an HTML page'],
  ['{"a": 1, "b": 2}\n', 'JSON'],
  ['{\n  "a": 1\n}', 'JSON'],
  ['[{"a": 1}]', 'JSON'],
  ['[\n  [1, 2]\n]', 'JSON'],
  ['[1, 2]', 'JSON'],
])('%j is no CSV, and the message says what it is', (text, kind) => {
  expectInvalid(Buffer.from(text, 'latin1'), `line 1: found ${kind}, expected CSV: `)
})

test.each(['PAR,x\n', 'PK\n', '[id],[name]\n', '{x},y\n', '<x>,y\n', 'htmlx\n', '\xef\xbb\xbfx\n'])(
  '%j is CSV',
  text => expect(headerOf(Buffer.from(text, 'latin1')).names[0]).not.toBe(''),
)

test.each([
  ['x,y\r1,2\r', 'line 1: found a CR that no LF follows, expected LF or CRLF: line ends are CR alone: '],
  [
    '"x","y"\r"1","2"\r',
    'line 1: found a CR that no LF follows, expected LF or CRLF: line ends are CR alone: ',
  ],
  ['x\r', 'line ends are CR alone: convert, or upload with `--line-end cr`'],
  [`x,y\r${'1,2\r'.repeat(500_000)}`, 'line ends are CR alone: '],
  ['x,y\r\r\n1,2\r\r\n', 'line ends are CR CR LF: convert them to LF'],
  ['\n"x","y"\r\r\n', 'line 2: found a CR that no LF follows, expected LF or CRLF: line ends are CR CR LF'],
  [
    '\nx\ry,z\n1,2\n3,4\n',
    'line 2: found a CR that no LF follows, expected LF or CRLF: put a field that has a CR in quotes',
  ],
  ['x,y\0\n1,2\n', 'line 1: found a NUL byte in the name of column 2, expected text'],
  ['\r\n\n\r\n"x\n",y\0\n', 'line 5: found a NUL byte in the name of column 2, expected text'],
])('%j is refused for what its lines hold', (text, message) => expectInvalid(text, message))

test('a header that is stored is read whatever it is', () => {
  for (const text of ['x\ry,z\0\n1,2\n', '<html>\n', 'PK\x03\x04\n']) {
    const file = openFile(temporaryFile(text))
    onTestFinished(() => closeFile(file))
    for (let i = 0; i < 2; i++) {
      expect(readStoredHeader(file).end).toBe(text.indexOf('\n') + 1)
      expect(() => readHeader(file)).toThrow(expect.objectContaining({ code: 'invalid' }))
    }
  }
})

test.each([
  ['', 'line 1: found no header, expected a line of column names'],
  ['\n\r\n', 'line 1: found no header'],
  ['\uFEFF', 'line 1: found no header'],
  ['x,"y\n1,2\n', 'line 1, column 2: found a quote that is never closed, expected a closing quote'],
  ['x,y"z\n', 'line 1, column 2: found a quote inside an unquoted field'],
  ['\n\n"x"y\n', 'line 3, column 1: found text after a closing quote'],
])('%j is refused', (text, message) => {
  expectInvalid(text, message)
})

test('more columns than the limit are refused with both numbers', () => {
  const names = Array.from({ length: defaultStorageLimits.columns + 1 }, (_, i) => `c${i}`)
  expect(headerOf(names.slice(1).join(',')).names).toHaveLength(defaultStorageLimits.columns)
  for (const [start, line] of [
    ['', 1],
    ['\n\r\n', 3],
    ['\uFEFF\n', 2],
  ] as const)
    expectInvalid(`${start}${names}`, `line ${line}: found 10001 columns, expected at most 10000`)
})

test('a header over the limit is refused with both numbers, however far it goes on', () => {
  onTestFinished(() => setStorageLimits(defaultStorageLimits))
  setStorageLimits({ ...defaultStorageLimits, headerBytes: 20_000 })
  const name = 'n'.repeat(19_999)
  for (const rest of ['', '\n', '\n1\n']) expect(headerOf(name + rest).names).toEqual([name])
  for (const rest of ['n\n', 'n\n1\n'])
    expectInvalid(name + rest, 'line 1: found a header of 20001 bytes, expected at most 20000')
  expectInvalid(`\n\n${name}`, 'line 3: found a header of')
  for (const rest of ['nn\n', 'nn\n1\n', `,"${'a\n'.repeat(1_000_000)}`])
    expectInvalid(name + rest, 'line 1: found a header of over 20000 bytes, expected at most 20000')
})

test('a name that is not UTF-8 is refused', () => {
  for (const [text, line] of [
    ['x,\xe9\n1,2\n', 1],
    ['\n"x\n",\xe9,\xe9\n', 3],
    ['\n"x\n\xe9\n",y', 2],
  ] as const)
    expectInvalid(
      Buffer.from(text, 'latin1'),
      `line ${line}: found a column name that is not UTF-8 but windows-1252 ("`,
    )
})
