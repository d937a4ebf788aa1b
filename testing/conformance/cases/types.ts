import type { Case } from '../case.ts'

/** Columns that hold other things than int64. */
export const types: readonly Case[] = [
  {
    name: 'doubles that add up to a whole number',
    uploads: ['a\n0.5\n1.5\n1e3\n', 'a\n-2\n'],
    sums: { a: 1000n },
    stats: { a: { min: '-2', max: '1000', sum: '1000' } },
  },
  {
    name: 'doubles that add up to no whole number',
    uploads: ['a\n0.5\n', 'a\n2\n'],
    sums: { a: 'the sum of column "a" is 2.5: no whole number' },
    stats: { a: { sum: '2.5' } },
  },
  {
    name: 'doubles whose sum depends on the order',
    uploads: ['a\n1e16\n1.5\n-1e16\n', 'a\n0.5\n'],
    sums: { a: 2n },
  },
  {
    name: 'doubles and the ends of int64',
    uploads: [`a\n${2n ** 63n - 1n}\n`, 'a\n-1e18\n0.5\n0.5\n'],
    sums: { a: 2n ** 63n - 10n ** 18n },
  },
  { name: 'texts that are integers', uploads: ['a,b\n007,1\n+5,2\n', 'a,b\n1,3\n'], sums: { a: 13n, b: 6n } },
  { name: 'texts', uploads: ['a,b\n1,x\n', 'a,b\n2,3\n'], sums: { a: 3n, b: 'is text in upload' } },
  { name: 'booleans', uploads: ['a,b\n1,true\n2,false\n'], sums: { a: 3n, b: 'is boolean in upload' } },
  {
    name: 'dates',
    uploads: ['a,b\n1,2026-01-02\n'],
    sums: { a: 1n, b: 'is date in upload' },
    stats: { b: { min: '2026-01-02' } },
  },
  {
    name: 'timestamps',
    uploads: ['a,b,c\n1,2026-01-02T03:04:05,2026-01-02T03:04:05Z\n'],
    sums: { a: 1n, b: 'is timestamp in upload', c: 'is timestamp-utc in upload' },
  },
  {
    name: 'another type in another upload',
    uploads: ['a,b\n1,1\n', 'a,b\n2,2026-01-02\n'],
    sums: { a: 3n, b: 'is date in upload' },
  },
]
