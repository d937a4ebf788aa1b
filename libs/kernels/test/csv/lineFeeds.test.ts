import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels, memory } from '../support/memory.ts'

test('countLineFeeds counts the line feeds of any bytes, and none beside them', () => {
  const byte = fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x8a, 0x22), fc.nat({ max: 255 }))
  fc.assert(
    fc.property(fc.array(byte, { maxLength: 200 }), fc.nat({ max: 17 }), (bytes, off) => {
      const from = at.chunk + 16 + off
      memory.fill(0x0a, from - 16, from + bytes.length + 16)
      memory.set(bytes, from)
      const count = bytes.filter(byte => byte === 0x0a).length
      expect(kernels.countLineFeeds(from, from + bytes.length)).toBe(count)
    }),
    { numRuns: randomCases(20_000) },
  )
})
