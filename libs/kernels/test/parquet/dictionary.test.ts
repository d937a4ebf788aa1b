import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels, memory } from '../support/memory.ts'

const CASES = { numRuns: randomCases(20_000) }

const table = at.ends
const entries = at.chunk
const indices = at.levels
const types = [
  { bits: 64, fill: kernels.dictionary64, sample: kernels.sampleRepeats64, view: BigUint64Array },
  { bits: 32, fill: kernels.dictionary32, sample: kernels.sampleRepeats32, view: Uint32Array },
] as const

function put(values: readonly bigint[], bits: 32 | 64, offset: number): number {
  const bytes = bits === 64 ? BigUint64Array.from(values) : Uint32Array.from(values, Number)
  memory.set(new Uint8Array(bytes.buffer), at.values + offset)
  return at.values + offset
}

/** Values that repeat, and that share their lower or upper bits. */
function columns(bits: 32 | 64): fc.Arbitrary<bigint[]> {
  const value = fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n }),
    fc.bigInt({ min: 0n, max: 40n }),
    fc.bigInt({ min: 0n, max: 40n }).map(small => small << BigInt(bits - 6)),
  )
  const pool = fc.array(value, { minLength: 1, maxLength: 70, size: 'max' })
  const picks = fc.array(fc.nat(), { minLength: 1, maxLength: 90, size: 'max' })
  return fc.tuple(pool, picks).map(([pool, picks]) => picks.map(pick => pool[pick % pool.length]))
}

test.each(types)('values of $bits bits are numbered in order of first appearance', ({ bits, fill, view }) => {
  const width = bits / 8
  fc.assert(
    fc.property(columns(bits), fc.nat({ max: 15 }), fc.nat(), (values, offset, spare) => {
      const distinct = [...new Set(values)]
      const from = put(values, bits, offset)
      memory.fill(0xa5, entries, entries + width * distinct.length + 16)
      memory.fill(0xa5, indices, indices + 2 * values.length + 16)
      const limit = distinct.length + (spare % 3 === 0 ? 0 : spare % 1000)
      expect(fill(from, values.length, limit, table, entries, indices)).toBe(distinct.length)
      expect(Array.from(new view(memory.buffer, entries, distinct.length), BigInt)).toEqual(distinct)
      expect(Array.from(new Uint16Array(memory.buffer, indices, values.length))).toEqual(
        values.map(value => distinct.indexOf(value)),
      )
      expect(memory[entries + width * distinct.length]).toBe(0xa5)
      expect(memory[indices + 2 * values.length]).toBe(0xa5)
      if (distinct.length > 1) {
        expect(fill(from, values.length, distinct.length - 1, table, entries, indices)).toBe(0)
      }
    }),
    CASES,
  )
})

test.each(types)('32 Ki values of $bits bits are numbered, one value more is refused', ({ bits, fill }) => {
  const values = Array.from({ length: 32 * 1024 + 1 }, (_, i) => BigInt(i) << 11n)
  const from = put(values, bits, 0)
  expect(fill(from, 32 * 1024, 32 * 1024, table, entries, indices)).toBe(32 * 1024)
  expect(new Uint16Array(memory.buffer, indices, 32 * 1024).every((index, i) => index === i)).toBe(true)
  expect(fill(from, 32 * 1024 + 1, 32 * 1024, table, entries, indices)).toBe(0)
})

test.each(types)('a sample of values of $bits bits tells how often they repeat', ({ bits, sample }) => {
  const repeats = (count: number, value: (i: number) => number) =>
    sample(
      put(
        Array.from({ length: count }, (_, i) => BigInt(value(i))),
        bits,
        0,
      ),
      count,
      table,
      entries,
    )
  expect(repeats(1024, i => i)).toBe(0)
  expect(repeats(100_000, i => i)).toBe(0)
  expect(repeats(100_000, () => 7)).toBe(1023)
  expect(repeats(2047, i => (i < 2000 ? 1 : i))).toBeGreaterThan(900)
  for (const period of [1000, 1024, 4096, 10_000, 32_768]) {
    const expected = 1024 ** 2 / 2 / period
    expect(repeats(100_000, i => i % period)).toBeGreaterThan(Math.min(400, expected / 2))
    expect(repeats(100_000, i => (i * 7919) % period)).toBeGreaterThan(Math.min(400, expected / 2))
  }
})
