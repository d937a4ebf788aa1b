import type { ColumnChunk, PageHeader } from '@table/kernels'
import type { OpenFile } from '../files.ts'
import { type Bytes, memory } from '../kernelMemory.ts'
import type { Integers } from '../parquet/columnType.ts'
import { decompress } from '../parquet/decompression.ts'
import { Codec, Encoding, PageType, uint32At } from '../parquet/format.ts'
import { PageReader } from '../parquet/pageReader.ts'
import { checkRange, readWhole } from '../storedFiles.ts'

/** A smaller chunk is read at once and summed by one kernel. */
const SMALL_BYTES = 8 * 1024

/**
 * Sums a column chunk of integers page by page, without decoding them. Returns undefined for a chunk with a page, a codec or
 * integers that there are no kernels for; its pages are what their CRCs say nevertheless. Throws RangeError if it is damaged.
 */
export function sumPages(file: OpenFile, chunk: ColumnChunk, type: Integers): bigint | undefined {
  const { kernels } = memory
  // If it cannot be, the way through its pages knows why.
  if (isSmall(chunk) && type.signed && sumSmall(file, chunk, type)) return pageTotal()
  const pages = new PageReader(file, chunk)
  let summed = type.signed
  let hasDictionary = false
  kernels.clearPageTotal()
  for (let left = chunk.values; left > 0; ) {
    const header = pages.next()
    if (!header) return undefined
    const page = { from: pages.address, to: pages.address + header.bytes }
    if (header.type === PageType.DICTIONARY_PAGE) {
      summed &&= readDictionary(header, page, chunk.codec, type)
      hasDictionary = true
    } else if (header.type === PageType.DATA_PAGE || header.type === PageType.DATA_PAGE_V2) {
      if (header.values > left) throw new RangeError(`a chunk has more than ${chunk.values} values`)
      summed &&= addPage(header, page, chunk.codec, type, hasDictionary)
      left -= header.values
    }
  }
  return summed ? pageTotal() : undefined
}

function pageTotal(): bigint {
  const { kernels } = memory
  return (kernels.pageTotalHigh() << 64n) + BigInt.asUintN(64, kernels.pageTotalLow())
}

function isSmall({ codec, bytes, values }: ColumnChunk): boolean {
  return codec === Codec.UNCOMPRESSED && bytes <= SMALL_BYTES && values < 2 ** 31
}

function sumSmall(file: OpenFile, chunk: ColumnChunk, { valueBytes, nullable }: Integers): boolean {
  const { kernels, bytes, rows, tables, tablesBytes } = memory
  const { start, values } = chunk
  const end = rows + chunk.bytes
  checkRange(file, start, chunk.bytes)
  readWhole(file, bytes.subarray(rows, end), start)
  return kernels.sumChunk(rows, end, values, valueBytes, nullable, tables, tablesBytes) !== 0
}

/** Returns false if it cannot. */
function readDictionary(header: PageHeader, page: Bytes, codec: number, { valueBytes }: Integers): boolean {
  const { kernels, tables, tablesBytes } = memory
  const { encoding, values, uncompressedBytes } = header
  if ((encoding !== Encoding.PLAIN && encoding !== Encoding.PLAIN_DICTIONARY) || 8 * values > tablesBytes)
    return false
  const entries = decompress(codec, page, uncompressedBytes)
  if (!entries) return false
  if (!kernels.openDictionary(entries.from, entries.to, values, valueBytes, tables, tablesBytes)) {
    throw new RangeError(`a dictionary has not the size of ${values} values`)
  }
  return true
}

/** Adds a data page to the total. Returns false if it cannot. */
function addPage(
  header: PageHeader,
  page: Bytes,
  codec: number,
  { valueBytes, nullable }: Integers,
  hasDictionary: boolean,
): boolean {
  const { kernels } = memory
  const { encoding, values } = header
  const isVersion2 = header.type === PageType.DATA_PAGE_V2
  const parts = isVersion2 ? partsOfVersion2(header, page, codec) : partsOf(header, page, codec, nullable)
  if (!parts) return false
  const { levels, data } = parts
  const count = nullable ? kernels.countDefined(levels.from, levels.to, values) : values
  if (count < 0 || (isVersion2 && count !== values - header.nulls)) {
    throw new RangeError(`the levels of a page of ${values} values are damaged`)
  }
  const summed = kernels.sumValues(encoding, data.from, data.to, count, valueBytes, hasDictionary)
  if (summed === 0) throw new RangeError(`a page of ${values} values is damaged`)
  return summed > 0
}

interface PageParts {
  levels: Bytes
  data: Bytes
}

/** Where a version 1 page has its levels, which stand behind their length, and its values. Undefined if it cannot say. */
function partsOf(
  { uncompressedBytes, levelEncoding }: PageHeader,
  page: Bytes,
  codec: number,
  nullable: boolean,
): PageParts | undefined {
  const whole = decompress(codec, page, uncompressedBytes)
  if (!whole || (nullable && levelEncoding !== Encoding.RLE)) return undefined
  const { from, to } = whole
  if (!nullable) return { levels: { from, to: from }, data: whole }
  const levels = from + 4
  const data = levels + uint32At(memory.bytes, from)
  if (data > to) throw new RangeError('the levels of a page are longer than the page')
  return { levels: { from: levels, to: data }, data: { from: data, to } }
}

/** The same for a version 2 page, of which only the values are compressed. */
function partsOfVersion2(
  { uncompressedBytes, repetitionBytes, levelBytes, compressed }: PageHeader,
  { from, to }: Bytes,
  codec: number,
): PageParts | undefined {
  const before = repetitionBytes + levelBytes
  if (before > Math.min(to - from, uncompressedBytes)) {
    throw new RangeError('the levels of a page are longer than the page')
  }
  const stored = { from: from + before, to }
  const data = decompress(compressed ? codec : Codec.UNCOMPRESSED, stored, uncompressedBytes - before)
  return data && { levels: { from: from + repetitionBytes, to: from + before }, data }
}
