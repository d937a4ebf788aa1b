import type { Case } from '../case.ts'

/** Fields without a value, columns without values and uploads without rows. */
export const nulls: readonly Case[] = [
  {
    name: 'empty fields',
    uploads: ['a,b\n1,\n,2\n,\n3,4\n'],
    sums: { a: 4n, b: 6n },
    stats: { a: { rows: 4, nulls: 2, min: '1', max: '3', sum: '4', mean: '2' } },
  },
  {
    name: 'empty fields in quotes',
    uploads: ['a,b\n1,""\n"",2\n3,4\n'],
    sums: { a: 4n, b: 6n },
    stats: { a: { rows: 3, nulls: 1 } },
  },
  {
    name: 'an empty field in quotes alone in its record',
    uploads: ['a\n1\n""\n2\n'],
    sums: { a: 3n },
    stats: { a: { rows: 3, nulls: 1 } },
  },
  {
    name: 'a column without values',
    uploads: ['a,b\n1,\n2,\n'],
    sums: { a: 3n, b: 0n },
    stats: { b: { rows: 2, nulls: 2 } },
  },
  {
    name: 'a column without values beside uploads with values',
    uploads: ['a,b\n1,\n2,\n', 'a,b\n3,4\n'],
    sums: { a: 6n, b: 4n },
  },
  {
    name: 'an upload without rows',
    uploads: ['a,b\n', 'a,b\n3,4\n'],
    sums: { a: 3n, b: 4n },
    stats: { a: { rows: 1, nulls: 0 } },
  },
  { name: 'uploads without rows alone', uploads: ['a,b\n', 'a,b'], sums: { a: 0n, b: 0n } },
  {
    name: 'words for nothing, which are text',
    uploads: ['a,b\n1,NULL\n2,\n'],
    sums: { a: 3n, b: 'line 2 has "NULL"' },
  },
]
