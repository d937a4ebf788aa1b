import { expect, test } from 'vitest'
import { isChild } from '../src/sample.ts'

test('misses the age at which it changes', () => {
  expect(isChild(30)).toBe(false)
  expect(isChild(3)).toBe(true)
})
