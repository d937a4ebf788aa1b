import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { StorageError, shortageOf } from '../errors.ts'
import { type Format, storedFile } from '../paths.ts'
import { sumCsvColumn } from './csv.ts'
import { sumParquetColumn } from './parquet.ts'
import { type SumPlan, takePieces } from './plan.ts'

/**
 * Sums the pieces of a plan that no other worker has taken, from nothing but the files. Throws StorageError
 * `damaged`, naming the upload, if a file is missing or has changed since it was committed, `exhausted` if
 * the file cannot be read for now, `cancelled` if nobody waits any more.
 */
export function sumPieces(dataDir: string, plan: SumPlan, cancellation?: Cancellation): bigint {
  const { format } = plan
  let sum = 0n
  for (const { id, columnIndex, columns, ...range } of takePieces(plan)) {
    throwIfCancelled(cancellation) // before a file is opened: the sum may have waited for longer than its caller
    const path = storedFile(dataDir, id, format)
    try {
      sum +=
        format === 'csv'
          ? sumCsvColumn(path, columnIndex, columns, cancellation, range)
          : sumParquetColumn(path, columnIndex, cancellation, range)
    } catch (error) {
      if (error instanceof StorageError && error.code === 'cancelled') throw error
      throw shortageOf(error) ?? damagedUpload(id, format, error)
    }
  }
  return sum
}

/** Makes the error for a damaged upload. Operators see the path; clients see the upload and the format. */
function damagedUpload(id: number, format: Format, cause: unknown): StorageError {
  const { message } = cause as Error
  const seen = cause instanceof StorageError ? cause.forClients : 'the file cannot be read'
  return new StorageError('damaged', `upload ${id}: ${message}`, {
    cause,
    forClients: `upload ${id}, ${format}: ${seen}`,
  })
}
