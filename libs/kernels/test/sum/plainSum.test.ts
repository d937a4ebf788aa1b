import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels } from '../support/memory.ts'
import { added, plainBytes, put, sumOf } from '../support/pageMemory.ts'
import { integers } from '../support/pages.ts'

test('plain pages are summed exactly, whatever is around them', () => {
  const { sumPlain } = kernels
  const arrays = fc.array(integers, { maxLength: 70, size: 'max' })
  fc.assert(
    fc.property(arrays, fc.nat({ max: 15 }), (values, offset) => {
      const from = at.chunk + offset
      const to = put(plainBytes(values), from)
      expect(added(() => sumPlain(from, to, values.length))).toBe(sumOf(values))
      for (const wrong of [1, -1, 4]) {
        expect(sumPlain(from, to + wrong, values.length)).toBe(0)
        expect(sumPlain(from, to, values.length + wrong)).toBe(0)
      }
    }),
    { numRuns: randomCases(20_000) },
  )
})

test.each([-(2n ** 63n), 2n ** 63n - 1n])('totals beyond 64 bits are exact: %d', value => {
  const values = Array<bigint>(100_000).fill(value)
  const to = put(plainBytes(values))
  expect(added(() => kernels.sumPlain(at.chunk, to, values.length))).toBe(sumOf(values))
})
