import fc from 'fast-check'
import { expect, test } from 'vitest'
import { at, kernels, memory } from './support/memory.ts'
import { damaged, damages, deltaPages, encodeDelta, hybrids, indexPages, integers } from './support/pages.ts'
import { plainDelta, plainIndices, plainLevels } from './twins/pages.ts'

const CASES = { numRuns: 20_000 }

const page = at.chunk
const tables = at.values
const MIB = 1024 * 1024

/** Puts a page where what is around it would show if it was taken for its own. Returns where it ends. */
function put(bytes: Uint8Array, from = page): number {
  const around = bytes.length % 3 === 0 ? 0 : 0xff
  memory.fill(around, from - 32, from)
  memory.set(bytes, from)
  memory.fill(around, from + bytes.length, from + bytes.length + 32)
  return from + bytes.length
}

/** What a kernel adds to a total that is not zero; undefined if it says that the page is damaged. */
function added(sum: () => number): bigint | undefined {
  kernels.clearPageTotal()
  memory.fill(0xff, at.levels, at.levels + 16)
  kernels.sumPlain64(at.levels, at.levels + 16, 2)
  return sum() ? total() + 2n : undefined
}

function total(): bigint {
  return (kernels.pageTotalHigh() << 64n) + BigInt.asUintN(64, kernels.pageTotalLow())
}

function sumOf(values: readonly bigint[] | undefined): bigint | undefined {
  return values?.reduce((sum, value) => sum + value, 0n)
}

test.each([64, 32] as const)('plain pages of %d bits are summed exactly, whatever is around them', bits => {
  const kernel = bits === 64 ? kernels.sumPlain64 : kernels.sumPlain32
  const arrays = fc.array(integers(bits), { maxLength: 70, size: 'max' })
  fc.assert(
    fc.property(arrays, fc.nat({ max: 15 }), (values, offset) => {
      const bytes = plainBytes(values, bits)
      const from = page + offset
      const to = put(bytes, from)
      expect(added(() => kernel(from, to, values.length))).toBe(sumOf(values))
      for (const wrong of [1, -1, 4]) {
        expect(kernel(from, to + wrong, values.length)).toBe(0)
        expect(kernel(from, to, values.length + wrong)).toBe(0)
      }
    }),
    CASES,
  )
})

test('levels are counted as one by one, or both ways are refused', () => {
  fc.assert(
    fc.property(hybrids(1, 2), damages, (whole, damage) => {
      const { bytes, count } = damaged(whole, damage)
      const levels = plainLevels(bytes, count)
      expect(kernels.countDefined(page, put(bytes), count)).toBe(
        levels?.filter(level => level === 1).length ?? -1,
      )
    }),
    CASES,
  )
})

/** Dictionaries around the sizes that indices of so many bits can name, and tables with room for all, some or none of it. */
const dictionaries = fc.oneof(fc.nat({ max: 12 }), fc.constantFrom(16, 17, 32)).chain(width => {
  const full = 2 ** Math.min(width, 11)
  const entries = fc.oneof(fc.constantFrom(full, full - 1, full + 1, 1, 0), fc.nat({ max: full }))
  return entries.chain(count =>
    fc.record({
      bits: fc.constantFrom(64, 32),
      seeds: fc.array(integers(64), { minLength: 1, maxLength: 30 }),
      entries: fc.constant(count),
      indices: indexPages(width, count),
      tablesBytes: fc.constantFrom(8 * count, 8 * count + 5000, 2 * MIB),
    }),
  )
})

test('indices are summed as their values one by one, or both ways are refused', () => {
  fc.assert(
    fc.property(dictionaries, damages, ({ bits, seeds, entries, indices, tablesBytes }, damage) => {
      const dictionary = dictionaryOf(seeds, entries, bits)
      const { bytes, count } = damaged(indices, damage)
      const dictionaryEnd = put(plainBytes(dictionary, bits), at.ends)
      memory.fill(0xa5, tables + tablesBytes, tables + tablesBytes + 64)
      expect(kernels.openDictionary(at.ends, dictionaryEnd, entries, bits / 8, tables, tablesBytes)).toBe(1)
      const to = put(bytes)
      for (let again = 0; again < 2; again++) {
        const expected = sumOf(plainIndices(bytes, count, dictionary))
        expect(added(() => kernels.sumIndices(page, to, count))).toBe(expected)
      }
      expect(memory.subarray(tables + tablesBytes, tables + tablesBytes + 64)).toEqual(
        new Uint8Array(64).fill(0xa5),
      )
    }),
    CASES,
  )
})

test('a dictionary is refused that has another size than it should, or no room', () => {
  const to = put(new Uint8Array(80))
  expect(kernels.openDictionary(page, to, 10, 8, tables, 80)).toBe(1)
  expect(kernels.openDictionary(page, to, 10, 8, tables, 79)).toBe(0)
  expect(kernels.openDictionary(page, to, 9, 8, tables, MIB)).toBe(0)
  expect(kernels.openDictionary(page, to, 11, 8, tables, MIB)).toBe(0)
  expect(kernels.openDictionary(page, to, 20, 4, tables, MIB)).toBe(1)
  expect(kernels.openDictionary(page, to, 2 ** 29 + 10, 8, tables, MIB)).toBe(0)
})

test.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18])(
  'long pages of indices of %d bits are summed exactly, and one illegal index among many is found',
  width => {
    const entries = 2 ** width - (width > 1 ? 1 : 0)
    const dictionary = dictionaryOf([-(2n ** 63n), 2n ** 63n - 1n, 5n, -7n], entries, 64)
    const end = put(plainBytes(dictionary, 64), at.ends)
    const groups = 40_001
    const numbers = Array.from({ length: 8 * groups }, (_, i) => (i * 7919) % entries)
    const check = () => {
      expect(kernels.openDictionary(at.ends, end, entries, 8, tables, 2 * MIB)).toBe(1)
      const bytes = packedPage(numbers, width)
      const expected = sumOf(plainIndices(bytes, numbers.length, dictionary))
      expect(added(() => kernels.sumIndices(page, put(bytes), numbers.length))).toBe(expected)
      return expected
    }
    expect(check()).toBeDefined()
    if (width === 1) return
    for (const place of [0, 4095, 4096, 32_768, 8 * groups - 1]) {
      const legal = numbers[place]
      numbers[place] = entries
      expect(check()).toBeUndefined()
      numbers[place] = legal
    }
    numbers.fill(entries)
    expect(check()).toBeUndefined()
  },
)

test.each([64, 32])(
  'deltas of %d bits are summed as their values one by one, or both ways are refused',
  bits => {
    fc.assert(
      fc.property(deltaPages(bits), damages, (whole, damage) => {
        const { bytes, count } = damaged(whole, damage)
        const expected = sumOf(plainDelta(bytes, count, bits))
        if (!damage) expect(expected).toBeDefined()
        expect(added(() => kernels.sumDelta(page, put(bytes), count, bits))).toBe(expected)
      }),
      CASES,
    )
  },
)

/** Pages at the borders of what can be summed without looking at the values one by one. */
const walks: [string, (i: bigint) => bigint][] = [
  ['a series', i => 3n * i - 7n],
  ['a series downwards', i => -3n * i],
  ['one value', () => 2n ** 63n - 1n],
  ['a series over the end of int64', i => 2n ** 63n - 5000n + i],
  ['a series over the start of int64', i => -(2n ** 63n) + 5000n - i],
  ['great steps', i => (i % 2n === 0n ? -(2n ** 63n) : 2n ** 63n - 1n)],
  ...Array.from({ length: 64 }, (_, bits): [string, (i: bigint) => bigint] => [
    `steps of ${bits} bits`,
    i => BigInt.asUintN(bits, i * 0x9e3779b97f4a7c15n) + i * 2n,
  ]),
]

test.each(walks)('long pages of deltas are summed exactly: %s', (_, valueAt) => {
  for (const bits of [64, 32]) {
    const values = Array.from({ length: 5003 }, (_, i) => BigInt.asIntN(bits, valueAt(BigInt(i))))
    for (const layout of [
      {},
      { miniblocks: 2, miniblockValues: 1024 },
      { miniblocks: 1, miniblockValues: 8192 },
    ]) {
      const bytes = encodeDelta(values, bits, layout)
      expect(added(() => kernels.sumDelta(page, put(bytes), values.length, bits))).toBe(sumOf(values))
    }
  }
})

test('totals beyond 64 bits are exact', () => {
  const values = Array<bigint>(100_000).fill(-(2n ** 63n))
  const plain = plainBytes(values, 64)
  expect(added(() => kernels.sumPlain64(page, put(plain), values.length))).toBe(sumOf(values))
  const delta = encodeDelta(values, 64)
  expect(added(() => kernels.sumDelta(page, put(delta), values.length, 64))).toBe(sumOf(values))
  put(plainBytes([-(2n ** 63n)], 64), at.ends)
  kernels.openDictionary(at.ends, at.ends + 8, 1, 8, tables, MIB)
  const most = 2 ** 32 - 1
  expect(added(() => kernels.sumIndices(page, put(Uint8Array.of(0)), most))).toBe(-(2n ** 63n) * BigInt(most))
})

function plainBytes(values: readonly bigint[], bits: number): Uint8Array {
  const array = bits === 64 ? BigInt64Array.from(values) : Int32Array.from(values, Number)
  return new Uint8Array(array.buffer)
}

/** As many entries, from a few seeds. */
function dictionaryOf(seeds: readonly bigint[], entries: number, bits: number): bigint[] {
  return Array.from({ length: entries }, (_, i) =>
    BigInt.asIntN(bits, seeds[i % seeds.length] + BigInt(i) * 0x9e3779b9n),
  )
}

/** One stretch of packed numbers, behind their width. */
function packedPage(numbers: readonly number[], width: number): Uint8Array {
  const header: number[] = [width]
  let rest = (numbers.length >> 3) * 2 + 1
  for (; rest >= 0x80; rest >>>= 7) header.push((rest & 0x7f) | 0x80)
  header.push(rest)
  const bytes = new Uint8Array(header.length + (numbers.length >> 3) * width)
  bytes.set(header)
  numbers.forEach((number, i) => {
    for (let b = 0; b < width; b++) {
      const bit = i * width + b
      bytes[header.length + (bit >> 3)] |= ((number >> b) & 1) << (bit & 7)
    }
  })
  return bytes
}
