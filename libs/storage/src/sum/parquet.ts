import type { ColumnChunk } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { damagedFile, shown } from '../errors.ts'
import { closeFile, type OpenFile } from '../files.ts'
import { isWrittenAs, typeName } from '../parquet/columnType.ts'
import { readingPages } from '../parquet/pageReader.ts'
import { findColumn, type Known } from '../parquet/reader.ts'
import type { ColumnType } from '../schema.ts'
import { openStored } from '../storedFiles.ts'
import { type DoubleSum, mergeDoubles, noDoubles } from './doubles.ts'
import { sumDoublePages, sumPages } from './pages.ts'

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
  let sum = 0n
  for (const { file, chunk } of chunksOf(path, column, 'int64', cancellation, part)) {
    // The metadata says all of a chunk of one integer: no page is read.
    const { constant } = chunk
    sum += constant
      ? constant.integer * BigInt(constant.count)
      : readingPages(file, () => sumPages(file, chunk))
  }
  return sum
}

/** The same for a column of doubles. */
export function sumParquetDoubles(
  path: string,
  column: string | number,
  cancellation?: Cancellation,
  part: ParquetPart = {},
): DoubleSum {
  let sum = noDoubles
  for (const { file, chunk } of chunksOf(path, column, 'double', cancellation, part))
    sum = mergeDoubles(
      sum,
      readingPages(file, () => sumDoublePages(file, chunk)),
    )
  return sum
}

/** Yields the chunks of a column of a type that have values. */
function* chunksOf(
  path: string,
  column: string | number,
  type: ColumnType,
  cancellation: Cancellation | undefined,
  part: ParquetPart,
): Generator<{ file: OpenFile; chunk: ColumnChunk }> {
  const file = openStored(path, part.bytes)
  try {
    const found = findColumn(file, column, part)
    if (!found) return
    const { element, chunks } = found
    if (!isWrittenAs(element, type))
      throw damagedFile(path, `has ${typeName(element)} in column "${shown(element.name)}", expected ${type}`)
    for (const chunk of chunks) {
      throwIfCancelled(cancellation)
      if (chunk.values > 0) yield { file, chunk }
    }
  } finally {
    closeFile(file)
  }
}
