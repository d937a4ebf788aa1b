import { expect, test } from 'vitest'
import { hasVersion, rangeOf } from '../../src/http/ranges.ts'

test.each([
  ['bytes=0-9', { start: 0, end: 10 }],
  ['bytes=0-0', { start: 0, end: 1 }],
  ['bytes=99-99', { start: 99, end: 100 }],
  ['bytes=90-', { start: 90, end: 100 }],
  ['bytes=-1', { start: 99, end: 100 }],
  ['bytes=-500', { start: 0, end: 100 }],
  ['bytes=50-500', { start: 50, end: 100 }],
  ['bytes= 1-2\t', { start: 1, end: 3 }],
])('%s of 100 bytes', (range, expected) => {
  expect(rangeOf({ range }, 100, '"v"')).toEqual(expected)
})

test.each([
  '',
  'bytes=',
  'bytes=-',
  'bytes=5-4',
  'bytes=1-2,4-5',
  'lines=1-2',
  'bytes=a-b',
  'xbytes=1-2',
  'bytes=1-2x',
])('"%s" stands for the whole file', range => {
  expect(rangeOf({ range }, 100, '"v"')).toBeUndefined()
})

test('without a range the whole file is wanted', () => {
  expect(rangeOf({}, 100, '"v"')).toBeUndefined()
})

test.each([
  ['bytes=100-', 100],
  ['bytes=100-200', 100],
  ['bytes=-0', 100],
  ['bytes=0-', 0],
  ['bytes=-5', 0],
])('%s of %i bytes is refused with the size', (range, bytes) => {
  expect(() => rangeOf({ range }, bytes, '"v"')).toThrow(
    expect.objectContaining({
      status: 416,
      headers: { 'content-range': `bytes */${bytes}` },
      message: `Range: found "${range}", the file has ${bytes} bytes`,
    }),
  )
})

test('a part of another version is not sent', () => {
  const range = 'bytes=1-2'
  expect(rangeOf({ range, 'if-range': '"v"' }, 100, '"v"')).toEqual({ start: 1, end: 3 })
  expect(rangeOf({ range, 'if-range': '"w"' }, 100, '"v"')).toBeUndefined()
  expect(rangeOf({ range, 'if-range': 'W/"v"' }, 100, '"v"')).toBeUndefined()
})

test.each([
  [undefined, false],
  ['', false],
  ['*', true],
  [' * ', true],
  ['"v"', true],
  ['W/"v"', true],
  ['"a", W/"v" ,"b"', true],
  ['"a","b"', false],
  ['"vv"', false],
])('If-None-Match %s', (header, expected) => {
  expect(hasVersion(header === undefined ? {} : { 'if-none-match': header }, '"v"')).toBe(expected)
})
