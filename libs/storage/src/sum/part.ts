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
export function sumPart(dataDir: string, part: SumPart, cancellation?: Cancellation): bigint {
  let sum = 0n
  const add = (id: number, sumFile: (path: string) => bigint) => {
    try {
      sum += sumFile(storedFile(dataDir, id, part.format))
    } catch (error) {
      if (error instanceof StorageError && error.code === 'cancelled') throw error
      throw new StorageError('damaged', `upload ${id}: ${(error as Error).message}`, { cause: error })
    }
  }
  if (part.format === 'csv')
    for (const file of part.files)
      add(file.id, path => sumCsvColumn(path, file.columnIndex, file.columns, cancellation, file))
  else
    for (const file of part.files)
      add(file.id, path => sumParquetColumn(path, file.columnIndex, cancellation, file))
  return sum
}
