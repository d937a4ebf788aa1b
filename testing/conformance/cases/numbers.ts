import type { Case } from '../case.ts'

const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)

/** Integers to their ends, and sums beyond them. */
export const numbers: readonly Case[] = [
  {
    name: 'the ends of int64',
    uploads: [`a,b\n${MAX},${MIN}\n`],
    sums: { a: MAX, b: MIN },
    stats: { a: { min: `${MAX}`, max: `${MAX}`, sum: `${MAX}` }, b: { min: `${MIN}`, sum: `${MIN}` } },
  },
  { name: 'both ends of int64 together', uploads: [`a\n${MAX}\n${MIN}\n`], sums: { a: -1n } },
  {
    name: 'a sum that leaves int64 and comes back',
    uploads: [`a\n${MAX}\n${MAX}\n5\n`, `a\n-${MAX}\n-${MAX}\n`],
    sums: { a: 5n },
  },
  {
    name: 'a sum beyond int64',
    uploads: [`a\n${MAX}\n`, 'a\n1\n'],
    sums: { a: `the sum of column "a" is ${MAX + 1n}: outside int64` },
    stats: { a: { sum: `${MAX + 1n}` } },
  },
  {
    name: 'a sum below int64',
    uploads: [`a\n${MIN}\n-1\n`],
    sums: { a: `the sum of column "a" is ${MIN - 1n}: outside int64` },
  },
  {
    name: 'a sum twenty times int64',
    uploads: Array.from({ length: 4 }, () => `a\n${`${MIN}\n`.repeat(5)}`),
    sums: { a: `the sum of column "a" is ${20n * MIN}: outside int64` },
    stats: { a: { rows: 20, sum: `${20n * MIN}` } },
  },
  {
    name: 'negative numbers and zeros',
    uploads: ['a,b\n-5,0\n5,0\n-7,0\n'],
    sums: { a: -7n, b: 0n },
    stats: { a: { min: '-7', max: '5' } },
  },
  {
    name: 'numbers around 2^32',
    uploads: ['a\n4294967295\n4294967296\n-4294967297\n-1\n'],
    sums: { a: 4_294_967_293n },
  },
  {
    name: 'many rows',
    uploads: [`i,j\n${Array.from({ length: 100_000 }, (_, i) => `${i},${-i}\n`).join('')}`],
    sums: { i: 4_999_950_000n, j: -4_999_950_000n },
  },
]
