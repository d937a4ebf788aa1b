import { expect, test } from 'vitest'
import { batchCsv, sumsOf } from '../src/load.ts'

function rowsOf(batch: number, rows: number): string[][] {
  const lines = new TextDecoder().decode(batchCsv(batch, rows)).split('\n')
  expect(lines.pop()).toBe('')
  return lines.map(line => line.split(','))
}

test('a batch is what the course generates', () => {
  const rows = rowsOf(3, 1002)
  expect(rows.length).toBe(1003)
  expect(rows.slice(0, 3)).toEqual([
    ['x', 'y', 'z'],
    ['1', '0', '3000'],
    ['1', '1', '3001'],
  ])
  expect(rows.slice(-2)).toEqual([
    ['1', '1000', '3000'],
    ['1', '1001', '3001'],
  ])
})

test('the full load has the sums of the course', () => {
  expect(sumsOf({ batches: 400, rows: 250_000 })).toMatchObject({ x: 100_000_000n, z: 19_999_950_000_000n })
})

test.each([
  [1, 1],
  [3, 999],
  [5, 2345],
])('the sums are those of the rows, %i batches of %i', (batches, rows) => {
  const sums = [0n, 0n, 0n]
  for (let batch = 0; batch < batches; batch++) {
    for (const row of rowsOf(batch, rows).slice(1)) {
      row.forEach((value, column) => {
        sums[column] = (sums[column] ?? 0n) + BigInt(value)
      })
    }
  }
  expect(Object.values(sumsOf({ batches, rows }))).toEqual(sums)
})
