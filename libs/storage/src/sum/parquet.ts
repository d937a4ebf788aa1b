import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { damagedFile, shown } from '../errors.ts'
import { closeFile } from '../files.ts'
import { isWrittenAs, typeName } from '../parquet/columnType.ts'
import { readingPages } from '../parquet/pageReader.ts'
import { findColumn, type Known } from '../parquet/reader.ts'
import { openStored } from '../storedFiles.ts'
import { sumPages } from './pages.ts'

/** What may be known about a Parquet file before it is summed. */
export interface ParquetPart extends Known {
  /** The size of the whole file. */
  bytes?: number
}

/**
 * The exact sum of one int64 column, by name or position, of a Parquet file that we wrote, or of some of its row groups: reads the
 * footer and that column's chunks only. Nulls add nothing, a file without the column sums to 0. Throws StorageError `damaged` if
 * the file cannot be read, is not what the part says, or the column is of another type.
 */
export function sumParquetColumn(
  path: string,
  column: string | number,
  cancellation?: Cancellation,
  part: ParquetPart = {},
): bigint {
  const file = openStored(path, part.bytes)
  try {
    const found = findColumn(file, column, part)
    if (!found) return 0n
    const { element, chunks } = found
    if (!isWrittenAs(element, 'int64'))
      throw damagedFile(path, `has ${typeName(element)} in column "${shown(element.name)}", expected int64`)
    let sum = 0n
    for (const chunk of chunks) {
      throwIfCancelled(cancellation)
      if (chunk.values === 0) continue
      // The metadata says all of a chunk of one integer: no page is read.
      const { constant } = chunk
      sum += constant
        ? constant.integer * BigInt(constant.count)
        : readingPages(file, () => sumPages(file, chunk))
    }
    return sum
  } finally {
    closeFile(file)
  }
}
