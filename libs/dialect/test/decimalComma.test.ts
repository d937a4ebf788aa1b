import { expect, test } from 'vitest'
import { problemWithPoint, withDecimalPoint } from '../src/decimalComma.ts'

test.each([
  ['1234,56', '1234.56'],
  ['-0,5', '-0.5'],
  ['+1,', '+1.'],
  [',5', '.5'],
  ['1,5e-3', '1.5e-3'],
  // No numbers with a decimal comma.
  ['1234', '1234'],
  ['1.5', '1.5'],
  ['0.123', '0.123'],
  ['1234.567', '1234.567'],
  ['1.234,56', '1.234,56'],
  ['1.234.567', '1.234.567'],
  ['1,2,3', '1,2,3'],
  [',', ','],
  ['a,b', 'a,b'],
  ['', ''],
])('%j is %j', (text, expected) => {
  expect(withDecimalPoint(text)).toBe(expected)
  expect(problemWithPoint(text)).toBeUndefined()
})

test.each([
  ['1.234', '1234, or 1,234'],
  ['-123.456', '-123456, or -123,456'],
])('%s, which the server would take for a decimal number, is a problem', (text, instead) => {
  const expected = `found ${text}, expected a number without thousands separators: write ${instead}`
  expect(problemWithPoint(text)).toBe(expected)
})
