import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { ACCUMULATOR_BYTES } from '../../src/index.ts'
import { accumulator, addedDoubles, doubleBytes, doubles } from '../support/doubles.ts'
import { at, kernels, memory } from '../support/memory.ts'
import { put } from '../support/pageMemory.ts'
import { damaged, damages, indexPages } from '../support/pages.ts'
import { exactSum } from '../twins/exactSum.ts'
import { plainIndices } from '../twins/pages.ts'

const PLAIN = 0
const RLE_DICTIONARY = 8
const BYTE_STREAM_SPLIT = 9
const tables = at.values
const MIB = 1024 * 1024

/** Adds a page of doubles. Returns what the kernel says of it. */
function addPlain(values: readonly number[], from = at.chunk): number {
  const to = put(doubleBytes(values), from)
  return kernels.sumDoubleValues(accumulator, PLAIN, from, to, values.length, false)
}

test('plain pages of doubles are summed exactly, however they are divided and ordered', () => {
  const pages = fc.array(fc.array(doubles, { maxLength: 40, size: 'max' }), { maxLength: 4, size: 'max' })
  fc.assert(
    fc.property(pages, fc.nat({ max: 15 }), (pages, offset) => {
      const expected = exactSum(pages.flat())
      kernels.clearDoubles(accumulator)
      for (const page of pages) expect(addPlain(page, at.chunk + offset)).toBe(1)
      expect(addedDoubles()).toEqual(expected)
      kernels.clearDoubles(accumulator)
      for (const value of pages.flat().reverse()) {
        addPlain([value])
        kernels.doublesTotal(accumulator)
      }
      expect(addedDoubles()).toEqual(expected)
    }),
    { numRuns: randomCases(20_000) },
  )
})

test('there can be several accumulators, wherever they are', () => {
  const other = accumulator + ACCUMULATOR_BYTES + 64
  memory.fill(0xff, other, other + ACCUMULATOR_BYTES)
  for (const sum of [accumulator, other]) kernels.clearDoubles(sum)
  const to = put(doubleBytes([1.5, Number.NaN]))
  for (const sum of [accumulator, other, other]) kernels.sumDoubleValues(sum, PLAIN, at.chunk, to, 2, false)
  expect(addedDoubles()).toEqual(exactSum([1.5, Number.NaN]))
  expect(addedDoubles(other)).toEqual(exactSum([1.5, Number.NaN, 1.5, Number.NaN]))
})

test('a plain page of another size than its doubles is damaged', () => {
  const to = put(doubleBytes([1, 2]))
  for (const [end, count] of [
    [to - 1, 2],
    [to + 1, 2],
    [to, 1],
    [to, 3],
    [to, 2 ** 29 + 2],
  ] as const)
    expect(kernels.sumDoubleValues(accumulator, PLAIN, at.chunk, end, count, false)).toBe(0)
})

const dictionaryPages = fc.oneof(fc.nat({ max: 9 }), fc.constantFrom(16, 32)).chain(width => {
  const full = 2 ** Math.min(width, 6)
  return fc
    .array(doubles, { minLength: full - 1, maxLength: full + 1 })
    .chain(entries =>
      fc.record({ entries: fc.constant(entries), indices: indexPages(width, entries.length) }),
    )
})

test('indices are summed as their doubles one by one, or both ways are refused', () => {
  fc.assert(
    fc.property(dictionaryPages, damages, ({ entries, indices }, damage) => {
      const { bytes, count } = damaged(indices, damage)
      const end = put(doubleBytes(entries), at.ends)
      expect(kernels.openDictionary(at.ends, end, entries.length, tables, MIB)).toBe(1)
      const to = put(bytes)
      const found = plainIndices(bytes, count, entries)
      kernels.clearDoubles(accumulator)
      expect(kernels.sumDoubleValues(accumulator, RLE_DICTIONARY, at.chunk, to, count, true)).toBe(
        found ? 1 : 0,
      )
      if (found) expect(addedDoubles()).toEqual(exactSum(found))
    }),
    { numRuns: randomCases(20_000) },
  )
})

test('more doubles than a bin has room for are exact', () => {
  const [value, times] = [-1.7976931348623157e308, 2 ** 32 - 1]
  const end = put(doubleBytes([value]), at.ends)
  kernels.openDictionary(at.ends, end, 1, tables, MIB)
  const to = put(Uint8Array.of(0))
  kernels.clearDoubles(accumulator)
  for (let i = 0; i < 5; i++) {
    expect(kernels.sumDoubleValues(accumulator, RLE_DICTIONARY, at.chunk, to, times, true)).toBe(1)
  }
  addPlain([0.1])
  const expected = exactSum([value]).units * 5n * BigInt(times) + exactSum([0.1]).units
  expect(addedDoubles()).toEqual({ units: expected, nans: 0, infinities: 0, negativeInfinities: 0 })
})

test('a dictionary that is missing is damage, an encoding without a kernel is not', () => {
  const to = put(Uint8Array.of(1, 2, 0))
  expect(kernels.sumDoubleValues(accumulator, RLE_DICTIONARY, at.chunk, to, 1, false)).toBe(0)
  expect(kernels.sumDoubleValues(accumulator, RLE_DICTIONARY, at.chunk, to, 0, false)).toBe(1)
  expect(kernels.sumDoubleValues(accumulator, BYTE_STREAM_SPLIT, at.chunk, to, 1, true)).toBe(-1)
})
