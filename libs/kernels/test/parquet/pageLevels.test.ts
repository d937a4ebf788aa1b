import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels } from '../support/memory.ts'
import { put } from '../support/pageMemory.ts'
import { damaged, damages, hybrids } from '../support/pages.ts'
import { plainLevels } from '../twins/pages.ts'

test('levels are counted as if one by one, or both ways refuse', () => {
  fc.assert(
    fc.property(hybrids(1, 2), damages, (whole, damage) => {
      const { bytes, count } = damaged(whole, damage)
      const levels = plainLevels(bytes, count)
      const defined = levels?.filter(level => level === 1).length ?? -1
      expect(kernels.countDefined(at.chunk, put(bytes), count)).toBe(defined)
    }),
    { numRuns: randomCases(20_000) },
  )
})
