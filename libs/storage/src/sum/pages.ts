import { zstdDecompressSync } from 'node:zlib'
import type { ColumnChunk, Kernels, PageHeader } from '@table/kernels'
import type { OpenFile } from '../files.ts'
import { type Bytes, memory } from '../kernelMemory.ts'
import { Codec, Encoding, PageType, uint32At } from '../parquet/format.ts'
import { PageReader } from '../parquet/pageReader.ts'
import { checkRange, readWhole } from '../storedFiles.ts'
import { addedDoubles, type DoubleSum } from './doubles.ts'

/** A smaller chunk is read at once and summed by one kernel. */
const SMALL_BYTES = 8 * 1024

/**
 * Sums a column chunk of int64 page by page, without decoding them. Throws RangeError if it is damaged, or has what our writer
 * never wrote for integers.
 */
export function sumPages(file: OpenFile, chunk: ColumnChunk): bigint {
  const { kernels } = memory
  if (chunk.codec !== Codec.UNCOMPRESSED) throw new RangeError('a chunk of integers is compressed')
  // Where the one kernel refuses, the way through the pages knows why.
  if (chunk.bytes <= SMALL_BYTES && chunk.values < 2 ** 31 && sumSmall(file, chunk)) return pageTotal()
  kernels.clearPageTotal()
  addPages(file, chunk, kernels.sumValues)
  return pageTotal()
}

/** The same for a column chunk of doubles, whose pages may be compressed. */
export function sumDoublePages(file: OpenFile, chunk: ColumnChunk): DoubleSum {
  const { kernels, doubles } = memory
  kernels.clearDoubles(doubles)
  addPages(file, chunk, (...values) => kernels.sumDoubleValues(doubles, ...values))
  return addedDoubles()
}

/** The kernel that adds the values of a page. Returns 0 if they are damaged, -1 for an encoding that it does not have. */
type SumValues = Kernels['sumValues']

function addPages(file: OpenFile, chunk: ColumnChunk, sumValues: SumValues): void {
  const pages = new PageReader(file, chunk)
  let hasDictionary = false
  for (let left = chunk.values; left > 0; ) {
    const header = pages.next()
    if (!header) throw new RangeError('a page is larger than any that was written')
    const stored = { from: pages.address, to: pages.address + header.bytes }
    const page = decompressed(chunk.codec, stored, header.uncompressedBytes)
    if (header.type === PageType.DICTIONARY_PAGE) {
      openDictionary(header, page)
      hasDictionary = true
    } else if (header.type === PageType.DATA_PAGE) {
      if (header.values > left) throw new RangeError(`a chunk has more than ${chunk.values} values`)
      addPage(header, page, hasDictionary, sumValues)
      left -= header.values
    } else throw new RangeError(`a page is of type ${header.type}`)
  }
}

/** Decompresses a page, if it is compressed, to `memory.page`. */
function decompressed(codec: number, { from, to }: Bytes, size: number): Bytes {
  if (codec === Codec.UNCOMPRESSED) return { from, to }
  const { bytes, page, pageBytes } = memory
  if (codec !== Codec.ZSTD) throw new RangeError(`a chunk has the codec ${codec}`)
  if (size > pageBytes) throw new RangeError('a page is larger than any that was written')
  const result = zstdDecompressSync(bytes.subarray(from, to), { maxOutputLength: Math.max(1, size) })
  if (result.length !== size) throw new RangeError(`a page has ${result.length} bytes, expected ${size}`)
  bytes.set(result, page)
  return { from: page, to: page + size }
}

/** What `sumValues` has added since `clearPageTotal`. */
export function pageTotal(): bigint {
  const { kernels } = memory
  return (kernels.pageTotalHigh() << 64n) + BigInt.asUintN(64, kernels.pageTotalLow())
}

function sumSmall(file: OpenFile, { start, bytes: length, values }: ColumnChunk): boolean {
  const { kernels, bytes, rows, tables, tablesBytes } = memory
  const end = rows + length
  checkRange(file, start, length)
  readWhole(file, bytes.subarray(rows, end), start)
  return kernels.sumChunk(rows, end, values, tables, tablesBytes) !== 0
}

function openDictionary({ encoding, values }: PageHeader, { from, to }: Bytes): void {
  const { kernels, tables, tablesBytes } = memory
  if (encoding !== Encoding.PLAIN) throw new RangeError(`a dictionary has the encoding ${encoding}`)
  if (!kernels.openDictionary(from, to, values, tables, tablesBytes))
    throw new RangeError(`a dictionary has not the size of ${values} values`)
}

/** Adds a data page to the total: the length of its levels, the levels, and behind them its values. */
function addPage(
  header: PageHeader,
  { from, to }: Bytes,
  hasDictionary: boolean,
  sumValues: SumValues,
): void {
  const { kernels, bytes } = memory
  const { encoding, levelEncoding, values } = header
  if (levelEncoding !== Encoding.RLE) throw new RangeError(`levels have the encoding ${levelEncoding}`)
  const levels = from + 4
  const data = levels + uint32At(bytes, from)
  if (data > to) throw new RangeError('the levels of a page are longer than the page')
  const count = kernels.countDefined(levels, data, values)
  if (count < 0) throw new RangeError(`the levels of a page of ${values} values are damaged`)
  if (sumValues(encoding, data, to, count, hasDictionary) <= 0)
    throw new RangeError(`a page of ${values} values is damaged`)
}
