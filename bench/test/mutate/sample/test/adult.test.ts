import { expect, test } from 'vitest'
import { isAdult } from '../src/adult.ts'

test('misses the age at which it changes', () => {
  expect(isAdult(30)).toBe(true)
  expect(isAdult(3)).toBe(false)
})
