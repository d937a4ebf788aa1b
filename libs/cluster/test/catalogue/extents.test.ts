import type { Column, Extent } from '@table/storage'
import { expect, test } from 'vitest'
import { decodeExtents, encodeExtents } from '../../src/catalogue/extents.ts'

test('extents come back as they were, whatever their values', () => {
  const given: [Column, Extent][] = [
    [
      { name: 'i', type: 'int64' },
      {
        rows: 5,
        nulls: 1,
        numbers: 4,
        bounds: { number: { least: -(2n ** 63n), greatest: 2n ** 63n - 1n } },
      },
    ],
    [
      { name: 'd', type: 'double' },
      {
        rows: 5,
        nulls: 0,
        numbers: 5,
        bounds: { number: { least: -0, greatest: Number.POSITIVE_INFINITY } },
      },
    ],
    [
      { name: 'tiny', type: 'double' },
      { rows: 5, nulls: 3, numbers: 2, bounds: { number: { least: Number.NaN, greatest: 5e-324 } } },
    ],
    [
      { name: 'b', type: 'boolean' },
      { rows: 5, nulls: 0, numbers: 0, bounds: { boolean: { least: false, greatest: true } } },
    ],
    [
      { name: 't', type: 'timestamp-utc' },
      { rows: 5, nulls: 0, numbers: 0, bounds: { 'timestamp-utc': { least: -1n, greatest: 9n } } },
    ],
    [
      { name: 'w', type: 'text' },
      { rows: 5, nulls: 5, numbers: 0, bounds: {} },
    ],
  ]
  const columns = given.map(([column]) => column)
  const extents = new Map(given.map(([{ name }, extent]) => [name, extent]))
  const json = encodeExtents(columns, extents)
  const found = Array.from(decodeExtents(columns, 5, json), ({ name, extent }) => [name, extent])
  expect(found).toEqual([...extents])
})
