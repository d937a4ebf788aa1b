import { writeCsvs } from './csv.ts'
import type { Load } from './load.ts'

const rows = 250_000

/**
 * Writes the course's load: header `x,y,z`, row i of batch b is `1,i,b*1000+i%1000`, 250,000 rows and one
 * file per batch.
 */
export function courseLoad(directory: string, batches: number): Load {
  const shape = { files: batches, rows, types: { x: 'int64', y: 'int64', z: 'int64' } } as const
  const csvs = writeCsvs(directory, shape, (row, batch) => `1,${row},${batch * 1000 + (row % 1000)}`)
  return { title: `the course's load, ${batches} batches`, ...csvs, sums: courseSums(batches) }
}

/** Returns the sums of the first `batches` files. */
export function courseSums(batches: number): { x: bigint; y: bigint; z: bigint } {
  const n = BigInt(batches)
  const perBatch = BigInt(rows)
  return {
    x: n * perBatch,
    y: (n * perBatch * (perBatch - 1n)) / 2n,
    z: (1000n * perBatch * n * (n - 1n)) / 2n + (n * perBatch * 999n) / 2n,
  }
}
