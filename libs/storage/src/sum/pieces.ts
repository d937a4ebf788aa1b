import type { Cancellation } from '../cancellation.ts'
import { storedFile } from '../catalogue/names.ts'
import { StorageError } from '../errors.ts'
import { sumCsvColumn } from './csv.ts'
import { sumParquetColumn } from './parquet.ts'
import { type SumPlan, takePieces } from './plan.ts'

/**
 * Sums the pieces of a plan that no other worker has taken, from nothing but the files. Throws StorageError `damaged`, naming the upload, if a
 * file is missing or is not what it was when it was committed, `cancelled` if nobody waits any more.
 */
export function sumPieces(dataDir: string, plan: SumPlan, cancellation?: Cancellation): bigint {
  const { format } = plan
  let sum = 0n
  for (const { id, columnIndex, columns, ...range } of takePieces(plan)) {
    const path = storedFile(dataDir, id, format)
    try {
      sum +=
        format === 'csv'
          ? sumCsvColumn(path, columnIndex, columns, cancellation, range)
          : sumParquetColumn(path, columnIndex, cancellation, range)
    } catch (error) {
      if (error instanceof StorageError && error.code === 'cancelled') throw error
      throw new StorageError('damaged', `upload ${id}: ${(error as Error).message}`, { cause: error })
    }
  }
  return sum
}
