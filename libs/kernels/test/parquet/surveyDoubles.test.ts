import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels, memory } from '../support/memory.ts'

const NANS = [0x7ff8000000000000n, 0x7ff8000000000001n, 0xfff0000000000001n]
const bits = fc.oneof(
  fc.double().map(bitsOf),
  fc.constantFrom(0, -0, 1, -1, Infinity, -Infinity, Number.MAX_VALUE, Number.MIN_VALUE).map(bitsOf),
  fc.constantFrom(...NANS),
)
const run = fc.tuple(bits, fc.constantFrom(1, 1, 1, 2, 3))
const columns = fc
  .array(run, { minLength: 1, maxLength: 40, size: 'max' })
  .map(runs => runs.flatMap(([bits, length]) => Array<bigint>(length).fill(bits)))

function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0]
}

test('doubles are surveyed as if one by one, with NaN left out of the bounds', () => {
  fc.assert(
    fc.property(columns, fc.nat({ max: 15 }), (values, offset) => {
      const bytes = new Uint8Array(BigUint64Array.from(values).buffer)
      memory.fill(offset % 2 ? 0xff : 0x7f, at.values, at.values + bytes.length + 64)
      memory.set(bytes, at.values + offset)
      kernels.surveyDoubles(at.values + offset, values.length)
      const numbers = Array.from(new Float64Array(bytes.buffer)).filter(value => !Number.isNaN(value))
      const least = kernels.surveyLeastDouble()
      const greatest = kernels.surveyGreatestDouble()
      if (numbers.length === 0) expect(least).toBeGreaterThan(greatest)
      else expect([least + 0, greatest + 0]).toEqual([Math.min(...numbers) + 0, Math.max(...numbers) + 0])
      expect(kernels.surveyDoubleChanges()).toBe(
        values.filter((bits, i) => i > 0 && bits !== values[i - 1]).length,
      )
    }),
    { numRuns: randomCases(20_000) },
  )
})
