import type { ColumnChunk } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { damagedFile } from '../errors.ts'
import { closeFile, type OpenFile } from '../files.ts'
import type { ColumnType, Value } from '../schema.ts'
import { openStored } from '../storedFiles.ts'
import { columnSchemas, isWrittenAs, typeName } from './columnType.ts'
import { type DecodedElement, decodeChunk } from './decode.ts'
import { checkPages, readingPages } from './pageReader.ts'
import { findColumn, type Known } from './reader.ts'

/** A column of a stored Parquet file, and which of its row groups are wanted. */
export interface ParquetColumn extends Known {
  columnIndex: number
  type: ColumnType
  /** The size of the whole file, if known. */
  bytes?: number
}

/**
 * Yields the values of a column of a Parquet file that we wrote, page by page. Throws StorageError `damaged`
 * if the file cannot be read or has changed.
 */
export function* parquetValues(
  path: string,
  { columnIndex, type, bytes, ...known }: ParquetColumn,
  cancellation?: Cancellation,
): Generator<Value[]> {
  const file = openStored(path, bytes)
  try {
    const found = findColumn(file, columnIndex, known)
    if (!found) throw damagedFile(path, `has no column ${columnIndex + 1}`)
    if (!isWrittenAs(found.element, type))
      throw damagedFile(path, `has ${typeName(found.element)} in column ${columnIndex + 1}, expected ${type}`)
    for (const chunk of found.chunks) {
      throwIfCancelled(cancellation)
      for (const page of readingPages(file, () => pagesOf(file, chunk, type))) yield page
    }
  } finally {
    closeFile(file)
  }
}

/** Returns the values of a column chunk page by page. Throws RangeError if the chunk is damaged. */
export function pagesOf(file: OpenFile, chunk: ColumnChunk, type: ColumnType): Value[][] {
  checkPages(file, chunk)
  const element: DecodedElement = {
    type: columnSchemas[type].type,
    repetition_type: 'OPTIONAL',
    // hyparquet would turn the other types into Dates, which have no microseconds.
    ...(type === 'text' && { converted_type: 'UTF8' }),
  }
  const pages = decodeChunk(file, chunk, element)
  const rows = pages.reduce((sum, page) => sum + page.length, 0)
  if (rows !== chunk.values) throw new RangeError(`a chunk has ${rows} rows, expected ${chunk.values}`)
  return pages.map(page => Array.from(page as Iterable<Value | undefined>, value => value ?? null))
}
