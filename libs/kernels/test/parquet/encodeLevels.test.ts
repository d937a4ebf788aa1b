import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels, memory } from '../support/memory.ts'
import { plainLevels } from '../twins/pages.ts'

const CASES = { numRuns: randomCases(20_000) }
const out = at.chunk

const length = fc.oneof(
  fc.constant(1),
  fc.integer({ min: 1, max: 9 }),
  fc.integer({ min: 1, max: 70 }),
  fc.constantFrom(31, 32, 33, 39, 40, 41, 200),
)
const bits = fc
  .array(fc.tuple(fc.constantFrom(0, 1, 1), length), { minLength: 1, maxLength: 30, size: 'max' })
  .map(runs => runs.flatMap(([bit, length]) => Array<number>(length).fill(bit)))

function put(values: readonly number[], offset: number): number {
  memory.fill(offset % 2, at.values, at.values + values.length + 64) // what stands behind must not matter
  memory.set(values, at.values + offset)
  return at.values + offset
}

test('a reader gets the levels back, behind their length, from no more bytes than bit-packing all of them takes', () => {
  fc.assert(
    fc.property(bits, fc.nat({ max: 15 }), (levels, offset) => {
      const ones = levels.filter(level => level === 1).length
      const end = kernels.encodeLevels(put(levels, offset), levels.length, ones, at.levels, out)
      const bytes = Buffer.from(memory.buffer, out, end - out)
      expect(bytes.readInt32LE(0)).toBe(bytes.length - 4)
      expect(plainLevels(bytes.subarray(4), levels.length)).toEqual(levels)
      expect(bytes.length).toBeLessThanOrEqual(4 + 2 + Math.ceil(levels.length / 8))
    }),
    CASES,
  )
})

test.each([0, 1])('a million levels that are all %d take a few bytes, whatever the memory holds', level => {
  memory.fill(1 - level, at.values, at.values + 1_000_000)
  const end = kernels.encodeLevels(at.values, 1_000_000, level * 1_000_000, at.levels, out)
  expect(end - out).toBe(4 + 3 + 1)
  expect(plainLevels(memory.slice(out + 4, end), 1_000_000)?.every(found => found === level)).toBe(true)
})

test('long runs take a few bytes each', () => {
  const levels = [1, 0, 1].flatMap(level => Array<number>(8000).fill(level))
  const end = kernels.encodeLevels(put(levels, 0), levels.length, 16_000, at.levels, out)
  expect(end - out).toBe(4 + 3 * 3)
})

test('bytes are packed into bits, the lowest first, and the last bits are padded with zeros', () => {
  fc.assert(
    fc.property(bits, fc.nat({ max: 15 }), (values, offset) => {
      const bytes = Math.ceil(values.length / 8)
      memory.fill(0xa5, out, out + bytes + 32)
      kernels.packBits(put(values, offset), values.length, out)
      const expected = Array<number>(bytes).fill(0)
      values.forEach((value, i) => {
        expected[i >> 3] |= value << (i & 7)
      })
      expect(Array.from(memory.subarray(out, out + bytes))).toEqual(expected)
      expect(memory.subarray(out + bytes + 15, out + bytes + 32)).toEqual(new Uint8Array(17).fill(0xa5))
    }),
    CASES,
  )
})
