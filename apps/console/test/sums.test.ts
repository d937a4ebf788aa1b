import { expect, test } from 'vitest'
import { type Answer, merged, sideBySide } from '../src/sums/measure.ts'

const answer = (format: 'csv' | 'parquet', total: string, took: number): Answer => ({
  column: 'x',
  format,
  total,
  took,
  isRounded: false,
})

test('the newest total and the shortest time of each format stay', () => {
  const before = [answer('csv', '1', 20), answer('parquet', '1', 5)]
  expect(merged(before, [answer('csv', '2', 30)])).toEqual([
    answer('parquet', '1', 5),
    answer('csv', '2', 20),
  ])
})

test('runs of both formats stand side by side', () => {
  const runs = [
    { format: 'csv', took: 10 },
    { format: 'parquet', took: 1 },
    { format: 'csv', took: 11 },
  ] as const
  expect(sideBySide(runs)).toEqual([
    [1, 2],
    [10, 11],
    [1, null],
  ])
})
