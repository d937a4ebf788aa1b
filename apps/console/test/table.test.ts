import { expect, test } from 'vitest'
import { barsOf, distributionQuery, identifier, namesake } from '../src/table/distribution.ts'
import { driftOf, kindOf } from '../src/table/drift.ts'

const column = (types: Record<string, number>, uploads = 2) => ({
  name: 'x',
  types: Object.entries(types).map(([type, uploads]) => ({ type, uploads })),
  uploads,
  rows: 0,
  nulls: 0,
  min: '',
  max: '',
})

test('drift says which types a column has, and how many uploads lack it', () => {
  expect(driftOf(column({ int64: 2 }), 2)).toEqual([])
  expect(driftOf(column({ int64: 2 }), 3)).toEqual(['missing in 1 upload'])
  expect(driftOf(column({ int64: 3, text: 1 }, 4), 6)).toEqual([
    'int64 in 3 uploads, text in 1 upload',
    'missing in 2 uploads',
  ])
})

test('numbers are numbers together, times are times together, anything else is values', () => {
  expect(kindOf(column({ int64: 1, double: 1 }))).toBe('numbers')
  expect(kindOf(column({ date: 1, timestamp: 1 }))).toBe('times')
  expect(kindOf(column({ int64: 1, text: 1 }))).toBe('values')
  expect(kindOf(column({ boolean: 1 }))).toBe('values')
  expect(kindOf(column({}))).toBe('values')
})

test('a name stays one name in SQL, whatever it holds', () => {
  expect(identifier('a"; DROP TABLE data; --')).toBe('"a""; DROP TABLE data; --"')
  expect(distributionQuery({ ...column({ text: 1 }), name: 'a"b' })).toContain('SELECT "a""b" AS value')
})

test('bins without rows are bars of no height, and edges are rounded', () => {
  const columns = [{ name: 'bin', type: 'int32' }]
  const rows = [
    [0, 7, 0, 48],
    [23, 3, 0, 48],
  ]
  const bars = barsOf(column({ int64: 1 }), { columns, rows, isCut: false })
  expect(bars).toHaveLength(24)
  expect(bars[0]).toEqual({ label: '0 to 2', rows: 7 })
  expect(bars[1]).toEqual({ label: '2 to 4', rows: 0 })
  expect(bars[23]).toEqual({ label: '46 to 48', rows: 3 })
  expect(barsOf(column({ int64: 1 }), { columns, rows: [], isCut: false })).toEqual([])
})

test('bins of times have times at their edges', () => {
  const day = 86_400
  const bars = barsOf(column({ timestamp: 1 }), { columns: [], rows: [[0, 1, 0, 24 * day]], isCut: false })
  expect(bars[1]?.label).toBe('1970-01-02 00:00 to 1970-01-03 00:00')
})

test('SQL takes names that differ by case for one', () => {
  expect(namesake('Price', [{ name: 'Price' }, { name: 'price' }])).toBe('price')
  expect(namesake('Price', [{ name: 'Price' }, { name: 'prices' }])).toBeUndefined()
})
