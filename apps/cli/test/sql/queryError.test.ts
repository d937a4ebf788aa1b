import { expect, test } from 'vitest'
import { queryError } from '../../src/sql/queryError.ts'

test.each([
  [
    'Parser Error: near "data"\n\nLINE 1: SELECT FORM data\n                    ^',
    'Parser Error: near "data" (line 1, column 13)',
  ],
  ['Binder Error: x\nhint\n\nLINE 12: nope\n         ^', 'Binder Error: x hint (line 12, column 1)'],
  ["Binder Error: x\n\nLINE 3: ...'ab', nope\n                   ^", 'Binder Error: x (line 3)'],
  ["Binder Error: x\n\nLINE 3: 'größe', nope\n                 ^", 'Binder Error: x (line 3)'],
  ['found 2 statements,\n expected one', 'found 2 statements,  expected one'],
])('%j', (message, line) => {
  expect(queryError(message)).toBe(line)
})
