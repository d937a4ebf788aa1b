import { expect, test } from 'vitest'
import { parquetValues } from '../src/parquetColumn.ts'

const INFINITE = 2n ** 63n - 1n

test('timestamps in seconds become microseconds, and infinite ones stay what other programs take for infinite', () => {
  const column = {
    type: { name: 'timestamp', unit: 's', utc: false },
    values: BigInt64Array.from([1n, -2n, 0n, INFINITE, -INFINITE]),
    offsets: undefined,
    valid: Uint8Array.of(0b11011),
    firstBit: 0,
  } as const
  expect([...parquetValues(column, 0, 5)]).toEqual([1_000_000n, -2_000_000n, null, INFINITE, -INFINITE])
})
