import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels, memory } from '../support/memory.ts'
import { added, plainBytes, put, sumOf } from '../support/pageMemory.ts'
import { damaged, damages, indexPages, integers, PageWriter } from '../support/pages.ts'
import { plainIndices } from '../twins/pages.ts'

const tables = at.values
const MIB = 1024 * 1024

/** Around as many entries as indices of so many bits can name, and tables with room for sums of all, some or none of them. */
const cases = fc.oneof(fc.nat({ max: 12 }), fc.constantFrom(16, 17, 32)).chain(width => {
  const full = 2 ** Math.min(width, 11)
  const entries = fc.oneof(fc.constantFrom(full, full - 1, full + 1, 1, 0), fc.nat({ max: full }))
  return entries.chain(count =>
    fc.record({
      seeds: fc.array(integers, { minLength: 1, maxLength: 30 }),
      entries: fc.constant(count),
      indices: indexPages(width, count),
      tablesBytes: fc.constantFrom(8 * count, 8 * count + 5000, 2 * MIB),
    }),
  )
})

test('indices are summed as their values one by one, or both ways are refused', () => {
  const untouched = new Uint8Array(64).fill(0xa5)
  fc.assert(
    fc.property(cases, damages, ({ seeds, entries, indices, tablesBytes }, damage) => {
      const dictionary = dictionaryOf(seeds, entries)
      const { bytes, count } = damaged(indices, damage)
      const dictionaryEnd = put(plainBytes(dictionary), at.ends)
      memory.set(untouched, tables + tablesBytes)
      expect(kernels.openDictionary(at.ends, dictionaryEnd, entries, tables, tablesBytes)).toBe(1)
      const to = put(bytes)
      const expected = sumOf(plainIndices(bytes, count, dictionary))
      for (let again = 0; again < 2; again++) {
        expect(added(() => kernels.sumIndices(at.chunk, to, count))).toBe(expected)
      }
      expect(memory.subarray(tables + tablesBytes, tables + tablesBytes + 64)).toEqual(untouched)
    }),
    { numRuns: randomCases(20_000) },
  )
})

test('a dictionary is refused that has another size than it should, or no room', () => {
  const from = at.chunk
  const to = put(new Uint8Array(80))
  expect(kernels.openDictionary(from, to, 10, tables, 80)).toBe(1)
  expect(kernels.openDictionary(from, to, 10, tables, 79)).toBe(0)
  expect(kernels.openDictionary(from, to, 9, tables, MIB)).toBe(0)
  expect(kernels.openDictionary(from, to, 11, tables, MIB)).toBe(0)
  expect(kernels.openDictionary(from, to, 2 ** 29 + 10, tables, MIB)).toBe(0)
})

const widths = Array.from({ length: 18 }, (_, i) => i + 1)

test.each(widths)(
  'long pages of indices of %d bits are exact, and one illegal index in them is found',
  width => {
    const entries = 2 ** width - (width > 1 ? 1 : 0)
    const dictionary = dictionaryOf([-(2n ** 63n), 2n ** 63n - 1n, 5n, -7n], entries)
    const end = put(plainBytes(dictionary), at.ends)
    const indices = Array.from({ length: 40_008 }, (_, i) => (i * 7919) % entries)
    const check = () => {
      expect(kernels.openDictionary(at.ends, end, entries, tables, 2 * MIB)).toBe(1)
      const page = new PageWriter()
      page.packed([BigInt(width)], 8)
      page.varint(BigInt(indices.length >> 2) | 1n)
      page.packed(indices.map(BigInt), width)
      const to = put(page.bytes())
      return added(() => kernels.sumIndices(at.chunk, to, indices.length))
    }
    expect(check()).toBe(sumOf(indices.map(index => dictionary[index])))
    if (width === 1) return
    for (const place of [0, 4095, 4096, 32_767, 32_768, indices.length - 1]) {
      const legal = indices[place]
      indices[place] = entries
      expect(check()).toBeUndefined()
      indices[place] = legal
    }
    indices.fill(entries)
    expect(check()).toBeUndefined()
  },
)

test('a run of the longest length is exact', () => {
  const end = put(plainBytes([-(2n ** 63n)]), at.ends)
  kernels.openDictionary(at.ends, end, 1, tables, MIB)
  const most = 2 ** 32 - 1
  const to = put(Uint8Array.of(0))
  expect(added(() => kernels.sumIndices(at.chunk, to, most))).toBe(-(2n ** 63n) * BigInt(most))
})

/** As many entries, from a few seeds. */
function dictionaryOf(seeds: readonly bigint[], entries: number): bigint[] {
  return Array.from({ length: entries }, (_, i) =>
    BigInt.asIntN(64, seeds[i % seeds.length] + BigInt(i) * 0x9e3779b9n),
  )
}
