import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels, memory } from '../support/memory.ts'

test('crc32 is the CRC-32 of any bytes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.nat({ max: 9 }), (bytes, off) => {
      memory.set(bytes, at.chunk + off)
      const from = at.chunk + off
      expect(kernels.crc32(from, from + bytes.length) >>> 0).toBe(crc32(bytes))
    }),
    { numRuns: randomCases(20_000) },
  )
})
