import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { at, kernels } from '../support/memory.ts'
import { added, put, sumOf } from '../support/pageMemory.ts'
import { damaged, damages, deltaPages, encodeDelta } from '../support/pages.ts'
import { plainDelta } from '../twins/pages.ts'

test('deltas are summed as their values one by one, or both ways are refused', () => {
  fc.assert(
    fc.property(deltaPages(), damages, (whole, damage) => {
      const { bytes, count } = damaged(whole, damage)
      const expected = sumOf(plainDelta(bytes, count, 64))
      if (!damage) expect(expected).toBeDefined()
      const to = put(bytes)
      expect(added(() => kernels.sumDelta(at.chunk, to, count))).toBe(expected)
    }),
    { numRuns: randomCases(20_000) },
  )
})

/** Around what can be summed without looking at the values one by one. */
const walks: [string, (i: bigint) => bigint][] = [
  ['a series', i => 3n * i - 7n],
  ['a series downwards', i => -3n * i],
  ['a steep series', i => i << 40n],
  ['one value', () => 2n ** 63n - 1n],
  ['a series over the end of int64', i => 2n ** 63n - 5000n + i],
  ['a series over the start of int64', i => -(2n ** 63n) + 5000n - i],
  ['great steps', i => (i % 2n === 0n ? -(2n ** 63n) : 2n ** 63n - 1n)],
  ...Array.from({ length: 64 }, (_, bits): [string, (i: bigint) => bigint] => [
    `steps of ${bits} bits`,
    i => BigInt.asUintN(bits, i * 0x9e3779b97f4a7c15n) + i * 2n,
  ]),
]

const layouts = [
  {},
  { miniblocks: 2, miniblockValues: 1024 },
  { miniblocks: 1, miniblockValues: 8192 },
  { miniblocks: 1, miniblockValues: 65_536 },
]

test.each(walks)('long pages of deltas are summed exactly: %s', (_, valueAt) => {
  const values = Array.from({ length: 5003 }, (_, i) => BigInt.asIntN(64, valueAt(BigInt(i))))
  for (const layout of layouts) {
    const to = put(encodeDelta(values, layout))
    expect(added(() => kernels.sumDelta(at.chunk, to, values.length))).toBe(sumOf(values))
  }
})

test('a series of very many values is exact', () => {
  const values = Array.from({ length: 100_001 }, (_, i) => BigInt(i) * 2n ** 45n - 2n ** 61n)
  for (const layout of layouts) {
    const to = put(encodeDelta(values, layout))
    expect(added(() => kernels.sumDelta(at.chunk, to, values.length))).toBe(sumOf(values))
  }
})
