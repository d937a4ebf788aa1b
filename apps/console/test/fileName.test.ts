import { expect, test } from 'vitest'
import { fileNameOf } from '../src/uploads/fileName.ts'

test.each([
  [null, 'csv', '7.csv'],
  ['sales.csv', 'csv', 'sales.csv'],
  ['sales.csv', 'parquet', 'sales.parquet'],
  ['exports/March.CSV.gz', 'csv', 'March.csv'],
  ['a\\b.tsv', 'parquet', 'b.tsv.parquet'],
  ['.csv', 'csv', '7.csv'],
])('the upload 7 with the name %s is saved as %s in %s', (name, format, expected) => {
  expect(fileNameOf({ id: 7, name }, format)).toBe(expected)
})
