import type { ColumnChunk } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { StorageError, shown } from '../errors.ts'
import { closeFile, type OpenFile } from '../files.ts'
import { type Integers, integersOf, typeName } from '../parquet/columnType.ts'
import { type DecodedElement, decodeChunk } from '../parquet/decode.ts'
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
 * The exact sum of one integer column, by name or position, of a Parquet file, ours or not, or of some of its row groups: reads the
 * footer and that column's chunks only. Nulls add nothing, a file without the column sums to 0. Throws StorageError `invalid` if
 * the column holds anything but integers, `damaged` if the file cannot be read or is not what the part says.
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
    const integers = integersOf(element)
    if (!integers) {
      const problem = `column "${shown(element.name)}" is ${typeName(element)}, expected integers`
      throw new StorageError('invalid', `${path}: ${problem}`, { forClients: problem })
    }
    let sum = 0n
    for (const chunk of chunks) {
      throwIfCancelled(cancellation)
      sum += sumChunk(file, chunk, integers)
    }
    return sum
  } finally {
    closeFile(file)
  }
}

function sumChunk(file: OpenFile, chunk: ColumnChunk, integers: Integers): bigint {
  if (chunk.values === 0) return 0n
  return readingPages(file, () => {
    if (!integers.signed) return sumDecoded(file, chunk, integers)
    return sumConstant(chunk) ?? sumPages(file, chunk, integers) ?? sumDecoded(file, chunk, integers)
  })
}

function elementOf({ valueBytes, signed, nullable }: Integers): DecodedElement {
  return {
    type: valueBytes === 8 ? 'INT64' : 'INT32',
    repetition_type: nullable ? 'OPTIONAL' : 'REQUIRED',
    ...(!signed && { converted_type: valueBytes === 8 ? 'UINT_64' : 'UINT_32' }),
  }
}

/** Of a chunk of one integer the metadata says all: no page is read. */
function sumConstant({ constant }: ColumnChunk): bigint | undefined {
  return constant && constant.integer * BigInt(constant.count)
}

function sumDecoded(file: OpenFile, chunk: ColumnChunk, integers: Integers): bigint {
  let sum = 0n
  let rows = 0
  for (const page of decodeChunk(file, chunk, elementOf(integers)))
    for (const value of page as Iterable<bigint | number | null | undefined>) {
      if (value !== null && value !== undefined) sum += BigInt(value)
      rows++
    }
  if (rows !== chunk.values) throw new RangeError(`a chunk has ${rows} rows, expected ${chunk.values}`)
  return sum
}
