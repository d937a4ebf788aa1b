import { expect, test } from 'vitest'
import { optionFor, utf16Of } from '../src/look.ts'

const table = 'name;amount\nJürgen;1\nZoë;2\n'
const le = Buffer.from(table, 'utf16le')
const be = Buffer.from(le).swap16()

test.each([
  ['UTF-16 without a mark', le, 'utf-16le'],
  ['UTF-16, the greater byte first', be, 'utf-16be'],
  ['a mark alone', Buffer.from('fffe', 'hex'), 'utf-16le'],
  ['the other mark', Buffer.from('feff', 'hex'), 'utf-16be'],
  ['UTF-8', Buffer.from(table), undefined],
  ['nothing', Buffer.alloc(0), undefined],
  ['zeros', Buffer.alloc(100), undefined],
])('%s', (_what, block, expected) => {
  expect(utf16Of(block)).toBe(expected)
})

test.each([
  [le, 'a column name that is not UTF-8', '--encoding utf-16le'],
  [Buffer.from(table, 'latin1'), 'line 2: found text that is not UTF-8', '--encoding windows-1252'],
  [Buffer.from('a,b\r1,2\r'), 'line 1: line ends are CR alone', '--line-end cr'],
  [Buffer.from('a;b\n1,5;2\n'), 'line 2: found 2 fields, expected 1', "--delimiter ';'"],
  [Buffer.from('a\tb\n1,5\t2\n'), 'line 2: found 2 fields, expected 1', "--delimiter '\\t'"],
  [Buffer.from('# made by hand\na,b\n1,2\n'), 'line 2: found 2 fields, expected 1', "--comment '#'"],
  [Buffer.from('a,b;c\n1\n'), 'line 2: found 1 field, expected 2', undefined],
  [Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'a column name that is not UTF-8', undefined],
  [Buffer.from('a\n"b\n'), 'line 2: found a quote that is never closed', undefined],
])('%j', (block, refusal, expected) => {
  expect(optionFor(block, refusal)).toBe(expected)
})
