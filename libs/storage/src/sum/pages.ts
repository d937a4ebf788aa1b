import { engine } from '../engine.ts'
import type { OpenFile } from '../files.ts'
import type { Integers } from '../parquet/columnType.ts'
import { decompress, UNCOMPRESSED } from '../parquet/decompression.ts'
import type { ColumnChunk } from '../parquet/fileMetadata.ts'
import { DATA_PAGE, DATA_PAGE_V2, DICTIONARY_PAGE, type PageHeader } from '../parquet/pageHeader.ts'
import { PageReader } from '../parquet/pageReader.ts'
import { uint32At } from '../parquet/reader.ts'

// Encoding of parquet.thrift.
const PLAIN = 0
const PLAIN_DICTIONARY = 2
const RLE = 3
const DELTA_BINARY_PACKED = 5
const RLE_DICTIONARY = 8

/** Bytes of the engine's memory. */
interface Bytes {
  from: number
  to: number
}

/**
 * Sums a column chunk of integers with a sign page by page, without decoding them. Returns undefined for a chunk with a page of an encoding or
 * codec that there are no kernels for, or too large a one. Throws RangeError if it is damaged.
 */
export function sumPages(file: OpenFile, chunk: ColumnChunk, type: Integers): bigint | undefined {
  const { kernels } = engine
  const pages = new PageReader(file, chunk)
  let hasDictionary = false
  kernels.clearPageTotal()
  for (let left = chunk.values; left > 0; ) {
    const header = pages.next()
    if (!header) return undefined
    if (header.type === DICTIONARY_PAGE) {
      hasDictionary = readDictionary(header, pages.address, chunk.codec, type)
      if (!hasDictionary) return undefined
    } else if (header.type === DATA_PAGE || header.type === DATA_PAGE_V2) {
      if (!addPage(header, pages.address, chunk.codec, type, hasDictionary)) return undefined
      left -= header.values
      if (left < 0) throw new RangeError(`a chunk has more values than ${chunk.values}`)
    }
  }
  return (kernels.pageTotalHigh() << 64n) + BigInt.asUintN(64, kernels.pageTotalLow())
}

/** Returns false if it cannot. */
function readDictionary(
  header: PageHeader,
  address: number,
  codec: number,
  { valueBytes }: Integers,
): boolean {
  const { kernels, tables, tablesBytes } = engine
  const { encoding, values, bytes, uncompressedBytes } = header
  if ((encoding !== PLAIN && encoding !== PLAIN_DICTIONARY) || 8 * values > tablesBytes) return false
  const page = decompressed(codec, address, bytes, uncompressedBytes)
  if (!page) return false
  if (!kernels.openDictionary(page.from, page.to, values, valueBytes, tables, tablesBytes)) {
    throw new RangeError(
      `a dictionary has ${page.to - page.from} bytes for ${values} values of ${valueBytes}`,
    )
  }
  return true
}

/** Adds a data page to the total. Returns false if it cannot. */
function addPage(
  header: PageHeader,
  address: number,
  codec: number,
  { valueBytes, nullable }: Integers,
  hasDictionary: boolean,
): boolean {
  const { kernels } = engine
  const { encoding, values } = header
  const parts =
    header.type === DATA_PAGE ? partsOf(header, address, codec, nullable) : partsOf2(header, address, codec)
  if (!parts) return false
  const { levels, data } = parts
  const count = nullable ? kernels.countDefined(levels.from, levels.to, values) : values
  if (count < 0 || (header.type === DATA_PAGE_V2 && count !== values - header.nulls)) {
    throw new RangeError(`the levels of a page of ${values} rows are damaged`)
  }
  const { from, to } = data
  let whole: number
  if (encoding === PLAIN) {
    const sumPlain = valueBytes === 8 ? kernels.sumPlain64 : kernels.sumPlain32
    whole = sumPlain(from, to, count)
  } else if (encoding === DELTA_BINARY_PACKED) whole = kernels.sumDelta(from, to, count, 8 * valueBytes)
  else if (encoding === RLE_DICTIONARY || encoding === PLAIN_DICTIONARY) {
    if (!hasDictionary && count > 0) throw new RangeError('a page has no dictionary')
    whole = kernels.sumIndices(from, to, count)
  } else return false
  if (!whole) throw new RangeError(`a page of ${count} values is damaged`)
  return true
}

/** Where a version 1 page has its levels, which stand behind their length, and its values. Undefined if it cannot say. */
function partsOf(
  { bytes, uncompressedBytes, levelEncoding }: PageHeader,
  address: number,
  codec: number,
  nullable: boolean,
): { levels: Bytes; data: Bytes } | undefined {
  const page = decompressed(codec, address, bytes, uncompressedBytes)
  if (!page || (nullable && levelEncoding !== RLE)) return undefined
  const { from, to } = page
  if (!nullable) return { levels: { from, to: from }, data: page }
  const levels = from + 4
  const data = levels + uint32At(engine.bytes, from)
  if (levels > to || data > to) throw new RangeError('a page has more bytes of levels than it has')
  return { levels: { from: levels, to: data }, data: { from: data, to } }
}

/** The same for a version 2 page, of which only the values are compressed. */
function partsOf2(
  { bytes, uncompressedBytes, repetitionBytes, levelBytes, compressed }: PageHeader,
  address: number,
  codec: number,
): { levels: Bytes; data: Bytes } | undefined {
  const levels = address + repetitionBytes
  const start = levels + levelBytes
  const before = start - address
  if (before > bytes || before > uncompressedBytes)
    throw new RangeError('a page has more bytes of levels than it has')
  const data = decompressed(
    compressed ? codec : UNCOMPRESSED,
    start,
    bytes - before,
    uncompressedBytes - before,
  )
  return data && { levels: { from: levels, to: start }, data }
}

/** Decompresses bytes into the engine's page, if they are compressed. Undefined if that is not possible. */
function decompressed(
  codec: number,
  address: number,
  bytes: number,
  uncompressedBytes: number,
): Bytes | undefined {
  const { page, pageBytes, bytes: memory } = engine
  if (codec === UNCOMPRESSED) return { from: address, to: address + bytes }
  if (uncompressedBytes > pageBytes) return undefined
  const source = memory.subarray(address, address + bytes)
  const target = memory.subarray(page, page + uncompressedBytes)
  return decompress(codec, source, target) ? { from: page, to: page + uncompressedBytes } : undefined
}
