import { memory } from '../kernelMemory.ts'
import type { ColumnBuffer } from './columnBuffer.ts'
import { deltaPlan, hashTable, indices } from './columnBuffer.ts'
import {
  dictionaryLimit,
  dictionaryPages,
  encodedPages,
  type Pages,
  plainPages,
  variableBytes,
} from './pages.ts'
import type { Bound } from './statistics.ts'

/** A column as the smallest pages, and its least and greatest value, if there is any that compares. */
export interface Encoded {
  pages: Pages
  range?: { min: Bound; max: Bound }
}

const MAX_TEXT_ENTRIES = 32 * 1024
const MAX_TEXT_BYTES = 1024 * 1024

/** From this many entries on, a sample tells first whether enough values repeat. */
const SAMPLED_ENTRIES = 4096
const SAMPLE = 1024

export function encode(column: ColumnBuffer): Encoded {
  if (column.count === 0) return { pages: plainPages(column) }
  switch (column.type) {
    case 'int64':
    case 'timestamp':
    case 'timestamp-utc':
      return encodeIntegers(column, 8)
    case 'date':
      return encodeIntegers(column, 4)
    case 'double':
      return encodeDoubles(column)
    case 'boolean':
      return encodeBooleans(column)
    case 'text':
      return encodeTexts(column)
  }
}

function encodeIntegers(column: ColumnBuffer, width: 4 | 8): Encoded {
  const { kernels } = memory
  const { values, count, valueBytes } = column
  const survey = width === 8 ? kernels.surveyInt64 : kernels.surveyInt32
  const delta = width === 8 ? kernels.deltaInt64 : kernels.deltaInt32
  survey(values, count, deltaPlan())
  const min = kernels.surveyLeast()
  const max = kernels.surveyGreatest()
  const deltaBytes = kernels.surveyDeltaBytes()
  const pages =
    dictionaryUnder(Math.min(valueBytes, deltaBytes), column, width, kernels.surveyChanges()) ??
    (deltaBytes < valueBytes
      ? encodedPages(column, 'DELTA_BINARY_PACKED', out => delta(values, count, deltaPlan(), out))
      : plainPages(column))
  return { pages, range: width === 8 ? { min, max } : { min: Number(min), max: Number(max) } }
}

/** NaN cannot be a bound. A zero bound is written as -0 for min and +0 for max (parquet.thrift, Statistics). */
function encodeDoubles(column: ColumnBuffer): Encoded {
  const { kernels } = memory
  const { values, count, valueBytes } = column
  kernels.surveyDoubles(values, count)
  const min = kernels.surveyLeastDouble() || -0
  const max = kernels.surveyGreatestDouble() || 0
  const pages = dictionaryUnder(valueBytes, column, 8, kernels.surveyDoubleChanges()) ?? plainPages(column)
  return min <= max ? { pages, range: { min, max } } : { pages }
}

function encodeBooleans(column: ColumnBuffer): Encoded {
  const { kernels, bytes } = memory
  const { values, count } = column
  const pages = encodedPages(column, 'PLAIN', out => {
    kernels.packBits(values, count, out)
    return out + Math.ceil(count / 8)
  })
  const all = bytes.subarray(values, values + count)
  return { pages, range: { min: !all.includes(0), max: all.includes(1) } }
}

function encodeTexts(column: ColumnBuffer): Encoded {
  const { kernels, page } = memory
  const { values, valueBytes, count } = column
  const end = values + valueBytes
  const limit = Math.min(MAX_TEXT_ENTRIES, count)
  const limitBytes = Math.min(MAX_TEXT_BYTES, valueBytes)
  const entries = kernels.textDictionary(values, end, limit, limitBytes, hashTable(), page, indices())
  if (entries === 0) return { pages: plainPages(column), range: textRange(values, end) }
  const entryBytes = kernels.textDictionaryBytes()
  const range = textRange(page, page + entryBytes)
  const pages = dictionaryPages(column, entries, entryBytes)
  return { pages: variableBytes(pages) < valueBytes ? pages : plainPages(column), range }
}

function textRange(from: number, to: number): { min: Uint8Array; max: Uint8Array } {
  const { kernels } = memory
  kernels.textBounds(from, to)
  return { min: copyOfText(kernels.leastText()), max: copyOfText(kernels.greatestText()) }
}

function copyOfText(at: number): Uint8Array {
  const { buffer } = memory.bytes
  return new Uint8Array(buffer.slice(at + 4, at + 4 + new DataView(buffer).getUint32(at, true)))
}

/**
 * Encodes a dictionary of values of `width` bytes if it takes fewer bytes than `best`. `changes`: how many
 * values differ from the previous one.
 */
function dictionaryUnder(
  best: number,
  column: ColumnBuffer,
  width: 4 | 8,
  changes: number,
): Pages | undefined {
  const entries = changes === 0 ? onlyEntry(column, width) : distinctEntries(best, column, width, changes)
  if (entries === 0) return undefined
  const pages = dictionaryPages(column, entries, entries * width)
  return variableBytes(pages) < best ? pages : undefined
}

function onlyEntry({ values }: ColumnBuffer, width: number): number {
  memory.bytes.copyWithin(memory.page, values, values + width)
  return 1
}

/**
 * Fills the dictionary's entries and returns their number, or 0 if the dictionary cannot pay off or most
 * likely does not.
 */
function distinctEntries(
  best: number,
  { values, count }: ColumnBuffer,
  width: 4 | 8,
  changes: number,
): number {
  const { kernels, page } = memory
  const limit = dictionaryLimit(width, changes, best)
  if (limit === 0) return 0
  if (limit >= SAMPLED_ENTRIES && changes > limit) {
    const sampleRepeats = width === 8 ? kernels.sampleRepeats64 : kernels.sampleRepeats32
    // If the values were `limit` distinct ones at random, this many pairs of the sample would be equal.
    const expected = SAMPLE ** 2 / 2 / limit
    if (sampleRepeats(values, count, hashTable(), page) < expected / 4) return 0
  }
  const fill = width === 8 ? kernels.dictionary64 : kernels.dictionary32
  return fill(values, count, limit, hashTable(), page, indices())
}
