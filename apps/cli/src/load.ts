import { CsvWriter } from '@table/storage/csvWriter'

/** The course's big table: row i of batch b is x = 1, y = i, z = b*1000 + i%1000. */
export interface Load {
  batches: number
  /** The rows of each batch. */
  rows: number
}

/** Returns the CSV of one batch. */
export function batchCsv(batch: number, rows: number): Uint8Array {
  const writer = new CsvWriter(['x', 'y', 'z'])
  for (let i = 0; i < rows; i++) writer.writeRecord([1, i, batch * 1000 + (i % 1000)])
  return writer.bytes()
}

/** Returns how much the whole load adds to the sum of each column. */
export function sumsOf({ batches, rows }: Load): { x: bigint; y: bigint; z: bigint } {
  const remainders = sumBelow(1000) * BigInt(Math.floor(rows / 1000)) + sumBelow(rows % 1000)
  return {
    x: BigInt(batches) * BigInt(rows),
    y: BigInt(batches) * sumBelow(rows),
    z: BigInt(rows) * 1000n * sumBelow(batches) + BigInt(batches) * remainders,
  }
}

/** Returns 0 + 1 + ... + n - 1. */
function sumBelow(n: number): bigint {
  return (BigInt(n) * BigInt(n - 1)) / 2n
}
