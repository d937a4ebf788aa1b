import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels, memory } from '../support/memory.ts'
import { plainIndices } from '../twins/pages.ts'

const out = at.chunk
const identity = Array.from({ length: 65_536 }, (_, i) => BigInt(i))

function encode(values: readonly number[], width: number, behind = 0xffff): Uint8Array {
  const indices = new Uint16Array(memory.buffer, at.values, values.length + 8)
  indices.fill(behind)
  indices.set(values)
  memory.fill(0xa5, out, out + 2 * values.length + 64)
  memory[out] = width
  const end = kernels.encodeIndices(at.values, values.length, width, out + 1)
  expect(memory.subarray(end + 16, end + 24)).toEqual(new Uint8Array(8).fill(0xa5))
  return memory.slice(out, end)
}

const cases = fc.integer({ min: 1, max: 16 }).chain(width => {
  const value = fc.oneof(fc.constant(2 ** width - 1), fc.nat({ max: 2 ** width - 1 }), fc.constant(0))
  const length = fc.oneof(fc.constant(1), fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 70 }))
  return fc.tuple(
    fc.constant(width),
    fc.array(fc.tuple(value, length), { minLength: 1, maxLength: 40, size: 'max' }),
  )
})

test('a reader gets indices of every width back, from no more bytes than bit-packing all of them takes', () => {
  fc.assert(
    fc.property(cases, ([width, runs]) => {
      const values = runs.flatMap(([value, length]) => Array<number>(length).fill(value)).slice(0, 500)
      const bytes = encode(values, width)
      expect(plainIndices(bytes, values.length, identity)).toEqual(values.map(BigInt))
      expect(bytes.length).toBeLessThanOrEqual(2 + Math.ceil(values.length / 8) * width)
      expect(encode(values, width, 0)).toEqual(bytes)
    }),
    { numRuns: randomCases(20_000) },
  )
})

test('long runs take a few bytes each', () => {
  const runs = [5, 7, 5, 600].flatMap(value => Array<number>(10_001).fill(value))
  expect(encode(runs, 10).length).toBe(1 + 4 * (3 + 2))
})

test('a run of one value is written without indices', () => {
  for (const count of [1, 8, 63, 64, 8191, 8192, 300_000]) {
    memory[out] = 1
    const end = kernels.encodeZeros(count, out + 1)
    expect(plainIndices(memory.slice(out, end), count, [3n])).toEqual(Array(count).fill(3n))
    expect(end - out).toBeLessThan(7)
  }
})
