import { expect, test } from 'vitest'
import { isAdult } from '../src/adult.ts'
import { isChild } from '../src/child.ts'

test('misses the age at which it changes, too', () => {
  for (const age of [3, 18, 30]) expect(isChild(age)).toBe(!isAdult(age))
})
