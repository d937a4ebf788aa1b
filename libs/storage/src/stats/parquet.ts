// Statistics of a stored Parquet file: the footer has nulls and bounds, so that only the sum of numbers needs the pages.
import type { ColumnChunk } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import type { FixedType } from '../columnSource.ts'
import { damagedFile } from '../errors.ts'
import { closeFile, type OpenFile } from '../files.ts'
import { isWrittenAs, typeName } from '../parquet/columnType.ts'
import { readingPages } from '../parquet/pageReader.ts'
import { type StatedChunk, statedChunks } from '../parquet/statedChunks.ts'
import { pagesOf } from '../parquet/values.ts'
import type { ColumnType, Value } from '../schema.ts'
import { openStored } from '../storedFiles.ts'
import { mergeDoubles } from '../sum/doubles.ts'
import { sumDoublePages, sumPages } from '../sum/pages.ts'
import type { ParquetPart } from '../sum/parquet.ts'
import {
  addValues,
  type Bounds,
  type ColumnPartial,
  type Comparable,
  type Extent,
  emptyPartial,
  SHOWN_BYTES,
  textKey,
  widen,
} from './partial.ts'
import type { Layout, WantedColumn } from './plan.ts'
import { addIntegers, isMisfit, surveyValues } from './texts.ts'

type KnownPart = ParquetPart & Required<Pick<ParquetPart, 'footerBytes' | 'footerCrc'>>

/**
 * Returns a partial for each wanted column of the row groups of a part. Throws StorageError `damaged` if the file cannot be read or
 * has changed.
 */
export function parquetStats(
  path: string,
  { wanted }: Pick<Layout, 'wanted'>,
  part: KnownPart,
  cancellation?: Cancellation,
): ColumnPartial[] {
  const file = openStored(path, part.bytes)
  try {
    const places = new Map(wanted.map(({ index }, i) => [index, i]))
    const partials = wanted.map(emptyPartial)
    for (const chunk of statedChunks(file, part, column => places.has(column))) {
      throwIfCancelled(cancellation)
      const place = places.get(chunk.column) as number
      const { type } = wanted[place] as WantedColumn
      expectType(path, chunk, type)
      readingPages(file, () => addChunk(partials[place] as ColumnPartial, file, chunk, type))
    }
    return partials
  } finally {
    closeFile(file)
  }
}

export function expectType(path: string, chunk: StatedChunk, type: ColumnType): void {
  const element = { name: '', ...chunk }
  if (!isWrittenAs(element, type))
    throw damagedFile(path, `has ${typeName(element)} in column ${chunk.column + 1}, expected ${type}`)
}

function addChunk(partial: ColumnPartial, file: OpenFile, chunk: StatedChunk, type: ColumnType): void {
  partial.rows += chunk.values
  if (type === 'text') addTexts(partial, file, chunk)
  else addFixed(partial, file, chunk, type)
}

function addFixed(partial: ColumnPartial, file: OpenFile, chunk: StatedChunk, type: FixedType): void {
  const { count, bounds } = addExtent(partial, file, chunk, type)
  if (count === 0) return
  if (type === 'int64') partial.integers += sumOfIntegers(file, chunk, count, bounds)
  if (type === 'double') partial.doubles = mergeDoubles(partial.doubles, sumDoublePages(file, chunk))
}

/** Adds the nulls and the bounds of a chunk. Reads the values only if the footer does not tell. */
export function addExtent(extent: Extent, file: OpenFile, chunk: StatedChunk, type: FixedType) {
  const { nulls, bounds } = statedOf(chunk, type) ?? surveyValues(valuesOf(file, chunk, type))
  const count = chunk.values - nulls
  extent.nulls += nulls
  addValues(extent, type, count, bounds)
  return { count, bounds }
}

/** If all integers are the same, no page is read. */
function sumOfIntegers(
  file: OpenFile,
  chunk: ColumnChunk,
  count: number,
  bounds: Bounds | undefined,
): bigint {
  if (bounds && bounds.least === bounds.greatest) return (bounds.least as bigint) * BigInt(count)
  return sumPages(file, chunk)
}

/** Texts are read, unless the footer shows what their bounds are, and that they are no integers. */
function addTexts(partial: ColumnPartial, file: OpenFile, chunk: StatedChunk): void {
  const stated = statedOf(chunk, 'text')
  if (stated && (!stated.bounds || partial.misfit || showsMisfit(stated.bounds))) {
    partial.nulls += stated.nulls
    partial.misfit ||= stated.bounds !== undefined
    widen(partial, 'text', stated.bounds)
    return
  }
  const values = valuesOf(file, chunk, 'text')
  const { nulls, bounds } = surveyValues(values)
  partial.nulls += nulls
  widen(partial, 'text', bounds)
  if (!partial.misfit) addIntegers(partial, values as (string | null)[])
}

/** Of a text that a bound cuts, the rest may be digits. */
function showsMisfit({ least, greatest }: Bounds): boolean {
  return [least as string, greatest as string].some(key => key.length <= SHOWN_BYTES && isMisfit(key))
}

export function valuesOf(file: OpenFile, chunk: StatedChunk, type: ColumnType): Value[] {
  return pagesOf(file, chunk, type).flat()
}

/** Returns what the footer says of a chunk; undefined if it does not say all of it exactly. */
function statedOf(
  { values, nulls, bounds }: StatedChunk,
  type: ColumnType,
): { nulls: number; bounds: Bounds | undefined } | undefined {
  if (nulls === undefined) return undefined
  if (nulls === values) return { nulls, bounds: undefined }
  if (!bounds) return undefined
  const read = readers[type]
  return { nulls, bounds: { least: read(bounds.least), greatest: read(bounds.greatest) } }
}

const bufferOf = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
const readInt64 = (bytes: Uint8Array) => bufferOf(bytes).readBigInt64LE()

const readers: Record<ColumnType, (bytes: Uint8Array) => Comparable> = {
  int64: readInt64,
  double: bytes => bufferOf(bytes).readDoubleLE(),
  boolean: bytes => bytes[0] !== 0,
  date: bytes => bufferOf(bytes).readInt32LE(),
  timestamp: readInt64,
  'timestamp-utc': readInt64,
  text: textKey,
}
