import type { Cancellation } from '../cancellation.ts'
import { storedFile } from '../catalogue/names.ts'
import { StorageError } from '../errors.ts'
import { sumCsvColumn } from './csv.ts'
import { sumParquetColumn } from './parquet.ts'
import type { SumPart } from './plan.ts'

/**
 * Sums the files of one part, from nothing but the files. Throws StorageError `damaged`, naming the upload, if a
 * file is missing or is not what it was when it was committed, `cancelled` if nobody waits any more.
 */
export function sumPart(dataDir: string, { format, files }: SumPart, cancellation?: Cancellation): bigint {
  let sum = 0n
  for (const { id, columnIndex, columns, ...part } of files) {
    const path = storedFile(dataDir, id, format)
    try {
      sum +=
        format === 'csv'
          ? sumCsvColumn(path, columnIndex, columns, cancellation, part)
          : sumParquetColumn(path, columnIndex, cancellation, part)
    } catch (error) {
      if (error instanceof StorageError && error.code === 'cancelled') throw error
      throw new StorageError('damaged', `upload ${id}: ${(error as Error).message}`, { cause: error })
    }
  }
  return sum
}
