import type { Cancellation } from '../cancellation.ts'
import { storedFile } from '../catalogue/names.ts'
import { StorageError } from '../errors.ts'
import { sumCsvColumn } from './csv.ts'
import { sumParquetColumn } from './parquet.ts'
import { filesOf, type SumPart } from './plan.ts'

/**
 * Sums the files of one part, from nothing but the files. Throws StorageError `damaged`, naming the upload, if a
 * file is missing or is not what it was when it was committed, `cancelled` if nobody waits any more.
 */
export function sumPart(dataDir: string, part: SumPart, cancellation?: Cancellation): bigint {
  const { format } = part
  let sum = 0n
  for (const { id, columnIndex, columns, ...range } of filesOf(part)) {
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
