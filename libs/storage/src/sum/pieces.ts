import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { StorageError, shortageOf } from '../errors.ts'
import { type Format, storedFile } from '../paths.ts'
import { sumCsvColumn, sumCsvDoubles } from './csv.ts'
import { sumParquetColumn, sumParquetDoubles } from './parquet.ts'
import type { SumPlan } from './plan.ts'
import { type Piece, stopTaking, takePieces } from './sharedPieces.ts'
import { sumTexts } from './texts.ts'
import { mergePartials, type PartialSum } from './total.ts'

/**
 * Sums the pieces of a plan that no other worker has taken, from nothing but the files. Throws StorageError
 * `damaged`, naming the upload, if a file is missing or has changed since it was committed, `exhausted` if
 * the file cannot be read for now, `cancelled` if nobody waits any more.
 */
export function sumPieces(dataDir: string, plan: SumPlan, cancellation?: Cancellation): PartialSum {
  let sum: PartialSum = { integers: 0n }
  for (const piece of takePieces(plan)) {
    throwIfCancelled(cancellation) // before a file is opened: the sum may have waited for longer than its caller
    const { id } = piece
    const added = readingUpload(id, plan.format, () => sumPiece(dataDir, plan, piece, cancellation))
    sum = mergePartials(sum, added)
    if (sum.refused !== undefined) stopTaking(plan)
  }
  return sum
}

function sumPiece(
  dataDir: string,
  { format, type }: SumPlan,
  piece: Piece,
  cancellation: Cancellation | undefined,
): PartialSum {
  const { id, columnIndex, columns, ...range } = piece
  const path = storedFile(dataDir, id, format)
  const isCsv = format === 'csv'
  switch (type) {
    case 'int64':
      return {
        integers: isCsv
          ? sumCsvColumn(path, columnIndex, columns, cancellation, range)
          : sumParquetColumn(path, columnIndex, cancellation, range),
      }
    case 'double':
      return {
        integers: 0n,
        doubles: isCsv
          ? sumCsvDoubles(path, columnIndex, columns, cancellation, range)
          : sumParquetDoubles(path, columnIndex, cancellation, range),
      }
    case 'text': {
      const integers = sumTexts(dataDir, { ...piece, format, type }, cancellation)
      return integers === undefined ? { integers: 0n, refused: id } : { integers }
    }
  }
}

/** Runs `read`, and turns its errors into those of the upload whose file is read. */
export function readingUpload<T>(id: number, format: Format, read: () => T): T {
  try {
    return read()
  } catch (error) {
    if (error instanceof StorageError && error.code === 'cancelled') throw error
    throw shortageOf(error) ?? damagedUpload(id, format, error)
  }
}

/** Makes the error for a damaged upload. Operators see the path; clients see the upload and the format. */
export function damagedUpload(id: number, format: Format, cause: unknown): StorageError {
  const { message } = cause as Error
  const seen = cause instanceof StorageError ? cause.forClients : 'the file cannot be read'
  return new StorageError('damaged', `upload ${id}: ${message}`, {
    cause,
    forClients: `upload ${id}, ${format}: ${seen}`,
  })
}
