import fc from 'fast-check'
import { expect, test } from 'vitest'
import { IdSet } from '../../src/catalogue/idSet.ts'

test('the set has what was added and not deleted, whatever the ids are', () => {
  const id = fc.oneof(fc.integer({ min: 1, max: 20_000 }), fc.integer({ min: 1, max: 999_999_999_999_999 }))
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.boolean(), id)), steps => {
      const ids = new IdSet()
      const expected = new Set<number>()
      for (const [adds, id] of steps) {
        expect(ids.has(id)).toBe(expected.has(id))
        if (adds) {
          expect(ids.add(id)).toBe(!expected.has(id))
          expected.add(id)
        } else expect(ids.delete(id)).toBe(expected.delete(id))
      }
      expect(ids.size).toBe(expected.size)
      expect(new Set(ids)).toEqual(expected)
    }),
  )
})
