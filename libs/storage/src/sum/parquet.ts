import type { SchemaElement } from 'hyparquet'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { StorageError } from '../errors.ts'
import { closeFile, openFile } from '../files.ts'
import { decodeChunk } from '../parquet/decode.ts'
import { findColumn, readChunk } from '../parquet/reader.ts'
import { sumPages } from './pages.ts'

/**
 * The exact sum of one integer column, by name or position, of a Parquet file, ours or not: reads the footer and that
 * column's chunks only. Nulls add nothing, a file without the column sums to 0. Throws StorageError `invalid` if the column holds
 * anything but integers, `damaged` if the file cannot be read.
 */
export function sumParquetColumn(path: string, column: string | number, cancellation?: Cancellation): bigint {
  const file = openFile(path)
  try {
    const found = findColumn(file, column)
    if (!found) return 0n
    const { element, chunks } = found
    if (!isInteger(element)) {
      const type = element.logical_type?.type ?? element.type ?? 'a group'
      throw new StorageError('invalid', `${path}: column "${element.name}" is ${type}, expected integers`)
    }
    let sum = 0n
    for (const { metadata, rows } of chunks) {
      throwIfCancelled(cancellation)
      const bytes = readChunk(file, metadata)
      sum += sumPages(bytes, metadata, element) ?? sumValues(decodeChunk(bytes, metadata, element, rows))
    }
    return sum
  } catch (error) {
    if (error instanceof StorageError || (error as NodeJS.ErrnoException).code) throw error
    throw new StorageError('damaged', `${path} is damaged: ${(error as Error).message}`, { cause: error })
  } finally {
    closeFile(file)
  }
}

function isInteger({ type, logical_type, converted_type }: SchemaElement): boolean {
  if (type !== 'INT32' && type !== 'INT64') return false
  if (logical_type) return logical_type.type === 'INTEGER'
  return converted_type === undefined || /^U?INT_/.test(converted_type)
}

function sumValues(values: Iterable<unknown>): bigint {
  let sum = 0n
  for (const value of values)
    if (value !== null && value !== undefined) sum += BigInt(value as number | bigint)
  return sum
}
