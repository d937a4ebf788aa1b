// Statistics of a stored CSV, in one pass for all columns: kernels read each column of a block as values, then others survey
// and sum them.
import { EVERY } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { type FixedType, TEXT_LENGTH_BYTES, valueSizes } from '../columnSource.ts'
import { BlockReader, withBlocks } from '../csv/blockReader.ts'
import { explainProblem } from '../csv/explain.ts'
import { damagedFile } from '../errors.ts'
import { closeFile, type OpenFile } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import { Encoding } from '../parquet/format.ts'
import { openStored } from '../storedFiles.ts'
import type { CsvPart } from '../sum/csv.ts'
import { addedDoubles, mergeDoubles } from '../sum/doubles.ts'
import { pageTotal } from '../sum/pages.ts'
import { addValues, type Bounds, type ColumnPartial, emptyPartial, textKey, widen } from './partial.ts'
import type { Layout } from './plan.ts'
import { addIntegers, isMisfit } from './texts.ts'

/**
 * Returns a partial for each wanted column of a part of a CSV. Throws StorageError `invalid` if the file breaks a rule, `damaged`
 * if the file has changed.
 */
export function csvStats(
  path: string,
  layout: Layout,
  part: CsvPart,
  cancellation?: Cancellation,
): ColumnPartial[] {
  const file = openStored(path, part.bytes)
  try {
    return withBlocks(() => statsOfPart(file, layout, part, cancellation))
  } finally {
    closeFile(file)
  }
}

function statsOfPart(
  file: OpenFile,
  { columns, wanted }: Layout,
  part: CsvPart,
  cancellation: Cancellation | undefined,
): ColumnPartial[] {
  const partials = wanted.map(emptyPartial)
  const extent = { end: part.to, complete: true }
  const reader = new BlockReader(file, columns, EVERY, part.from, () => extent, true)
  let isHeader = part.from === 0
  while (reader.next()) {
    throwIfCancelled(cancellation)
    if (!memory.kernels.everyRecordHas(columns, reader.records, memory.ends))
      throw explainProblem(file, reader.start, columns)
    if (isHeader) reader.skipRecord()
    isHeader = false
    wanted.forEach(({ index, type }, i) => {
      const partial = partials[i] as ColumnPartial
      const count =
        type === 'text' ? addTexts(partial, reader, index) : addFixed(partial, file, reader, index, type)
      partial.rows += reader.records
      partial.nulls += reader.records - count
    })
  }
  return partials
}

/** Adds a column of the block, whose values are read to `memory.page`. Returns how many are not null. */
function addFixed(
  partial: ColumnPartial,
  file: OpenFile,
  reader: BlockReader,
  column: number,
  type: FixedType,
): number {
  const { page, rows } = memory
  const count = reader.readValues(column, type, page, rows)
  if (count < 0) throw damagedFile(file.path, `has a field in column ${column + 1} that is no ${type}`)
  if (count === 0) return 0
  addValues(partial, type, count, boundsOf(type, count))
  if (type === 'int64') partial.integers += sumOfIntegers(count)
  if (type === 'double') partial.doubles = mergeDoubles(partial.doubles, sumOfDoubles(count))
  return count
}

/** Returns the bounds of the values at `memory.page`; undefined if all of them are NaN. */
function boundsOf(type: FixedType, count: number): Bounds | undefined {
  const { kernels, bytes, page, tables } = memory
  switch (type) {
    case 'boolean': {
      const values = bytes.subarray(page, page + count)
      return { least: !values.includes(0), greatest: values.includes(1) }
    }
    case 'double': {
      kernels.surveyDoubles(page, count)
      const bounds = { least: kernels.surveyLeastDouble(), greatest: kernels.surveyGreatestDouble() }
      return bounds.least <= bounds.greatest ? bounds : undefined
    }
    case 'date':
      kernels.surveyInt32(page, count, tables)
      return { least: Number(kernels.surveyLeast()), greatest: Number(kernels.surveyGreatest()) }
    default:
      kernels.surveyInt64(page, count, tables)
      return { least: kernels.surveyLeast(), greatest: kernels.surveyGreatest() }
  }
}

function sumOfIntegers(count: number): bigint {
  const { kernels, page } = memory
  kernels.clearPageTotal()
  kernels.sumPlain(page, page + valueSizes.int64 * count, count)
  return pageTotal()
}

function sumOfDoubles(count: number) {
  const { kernels, page, doubles } = memory
  kernels.clearDoubles(doubles)
  kernels.sumDoubleValues(doubles, Encoding.PLAIN, page, page + valueSizes.double * count, count, false)
  return addedDoubles()
}

/** Adds a text column of the block. Returns how many texts are not null. */
function addTexts(partial: ColumnPartial, reader: BlockReader, column: number): number {
  const { kernels, page, rows } = memory
  const { count, bytes } = reader.readTexts(column, page, rows)
  if (count === 0) return 0
  kernels.textBounds(page, page + bytes)
  const least = textAt(kernels.leastText())
  const greatest = textAt(kernels.greatestText())
  widen(partial, 'text', { least: textKey(least), greatest: textKey(greatest) })
  // Look at the bounds first: in a column of words they are words.
  partial.misfit ||= isMisfit(latin1(least)) || isMisfit(latin1(greatest))
  if (!partial.misfit) addIntegers(partial, textsOf(count))
  return count
}

function textAt(address: number): Uint8Array {
  const length = Buffer.from(memory.bytes.buffer).readUInt32LE(address)
  return memory.bytes.subarray(address + TEXT_LENGTH_BYTES, address + TEXT_LENGTH_BYTES + length)
}

function* textsOf(count: number): Generator<string> {
  const buffer = Buffer.from(memory.bytes.buffer)
  let at = memory.page
  for (let i = 0; i < count; i++) {
    const start = at + TEXT_LENGTH_BYTES
    at = start + buffer.readUInt32LE(at)
    yield buffer.toString('latin1', start, at)
  }
}

/** Integers are ASCII, so that any text in UTF-8 is one exactly if its bytes are. */
function latin1(utf8: Uint8Array): string {
  return Buffer.from(utf8.buffer, utf8.byteOffset, utf8.length).toString('latin1')
}
