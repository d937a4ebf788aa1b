import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { CR_ALONE, CR_BEFORE_LF } from '../../src/index.ts'
import { at, kernels, memory } from '../support/memory.ts'

test('surveyCarriageReturns finds both kinds of CR among any bytes, and reads nothing beside them', () => {
  const byte = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(0x61, 0x8d, 0x2c) },
    fc.constantFrom(0x0d, 0x0a),
  )
  const pieces = fc.array(
    fc.oneof({ weight: 9, arbitrary: byte.map(one => [one]) }, fc.constant([0x0d, 0x0a])),
  )
  fc.assert(
    fc.property(pieces, fc.nat({ max: 17 }), fc.constantFrom(0x0d, 0x0a), (given, off, beside) => {
      const bytes = given.flat()
      const from = at.chunk + 16 + off
      memory.fill(beside, from - 16, from + bytes.length + 32)
      memory.set(bytes, from)
      const text = String.fromCharCode(...bytes)
      const expected = (/\r\n/.test(text) ? CR_BEFORE_LF : 0) + (/\r(?!\n)/.test(text) ? CR_ALONE : 0)
      expect(kernels.surveyCarriageReturns(from, from + bytes.length)).toBe(expected)
    }),
    { numRuns: randomCases(20_000) },
  )
})
