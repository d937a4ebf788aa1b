import { expect, onTestFinished, test } from 'vitest'
import { type Header, readHeader } from '../../src/csv/header.ts'
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
  expect(headerOf('x,y\n1,2\n')).toEqual({ names: ['x', 'y'], end: 4 })
  expect(headerOf('x,y\r\n1,2')).toEqual({ names: ['x', 'y'], end: 5 })
  expect(headerOf('x,y')).toEqual({ names: ['x', 'y'], end: 3 })
})

test('a byte order mark is no part of the first name', () => {
  expect(headerOf('\uFEFFx,y\n')).toEqual({ names: ['x', 'y'], end: 7 })
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
  expect(headerOf(`${text}\n1`)).toEqual({ names, end: text.length + 1 })
  const quoted = `"${'long\n'.repeat(10_000)}"`
  expect(headerOf(`${quoted}\n1`).names).toEqual(['long\n'.repeat(10_000)])
})

test.each([
  ['', 'line 1: found no header, expected a line of column names'],
  ['\n\r\n', 'line 1: found no header'],
  ['\uFEFF', 'line 1: found no header'],
  ['x,y,x\n1,2,3\n', 'line 1: found the name "x" twice (columns 1 and 3), expected it once'],
  ['x,"y\n1,2\n', 'line 1, column 2: found a quote that is never closed, expected a closing quote'],
  ['x,y"z\n', 'line 1, column 2: found a quote inside an unquoted field'],
  ['\n\n"x"y\n', 'line 3, column 1: found text after a closing quote'],
  ['\n\r\nx,y,x\n', 'line 3: found the name "x" twice'],
  ['\uFEFF\nx,y,x\n', 'line 2: found the name "x" twice'],
  ['"a\n\r\nb",x,"c\n",x\n', 'line 4: found the name "x" twice (columns 2 and 4)'],
  ['x,"a\n","a\n"', 'line 2: found the name "a\n" twice (columns 2 and 3)'],
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
    expectInvalid(Buffer.from(text, 'latin1'), `line ${line}: found a column name that is not UTF-8`)
})
