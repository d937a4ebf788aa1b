import type { ColumnMetaData, DataPageHeader, SchemaElement } from 'hyparquet'
import { parquetHeader } from 'hyparquet/src/column.js'
import { readHybrid } from '../parquet/hybrid.ts'

const TWO_32 = 2n ** 32n
/** So many 32-bit halves add up exactly in a double. */
const EXACT = 2 ** 20

/**
 * Sums a column chunk without turning its values into objects, if it consists of uncompressed version 1 pages of
 * signed INT64, PLAIN or dictionary-encoded. Returns undefined for any other chunk.
 */
export function sumPages(
  bytes: Uint8Array,
  metadata: ColumnMetaData,
  element: SchemaElement,
): bigint | undefined {
  if (metadata.codec !== 'UNCOMPRESSED' || element.type !== 'INT64') return undefined
  if (element.logical_type?.type === 'INTEGER' && !element.logical_type.isSigned) return undefined
  if (element.converted_type?.startsWith('UINT') || element.repetition_type === 'REPEATED') return undefined
  const reader = { view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), offset: 0 }
  let dictionary: DataView | undefined
  let sum = 0n
  let rows = 0
  while (reader.offset < bytes.length) {
    const header = parquetHeader(reader)
    const size = header.compressed_page_size
    if (reader.offset + size > bytes.length) throw new RangeError('a page is longer than its column chunk')
    const page = new DataView(bytes.buffer, bytes.byteOffset + reader.offset, size)
    reader.offset += size
    if (header.type === 'DICTIONARY_PAGE') {
      dictionary = page
    } else if (header.type === 'DATA_PAGE') {
      const part = sumPage(page, header.data_page_header as DataPageHeader, element, dictionary)
      if (part === undefined) return undefined
      sum += part
      rows += header.data_page_header?.num_values ?? 0
    } else return undefined
  }
  if (rows !== Number(metadata.num_values)) {
    throw new RangeError(`the pages have ${rows} rows, expected ${metadata.num_values}`)
  }
  return sum
}

function sumPage(
  page: DataView,
  { num_values, encoding, definition_level_encoding }: DataPageHeader,
  element: SchemaElement,
  dictionary: DataView | undefined,
): bigint | undefined {
  const required = element.repetition_type === 'REQUIRED'
  if (!required && definition_level_encoding !== 'RLE') return undefined
  const levels = required ? 0 : 4 + page.getInt32(0, true)
  // Nulls take no place among the values, so a PLAIN page needs no levels.
  if (encoding === 'PLAIN') return sumPlain(page, levels)
  if (!dictionary || (encoding !== 'RLE_DICTIONARY' && encoding !== 'PLAIN_DICTIONARY')) return undefined
  const values = required ? num_values : countDefined(page, num_values)
  return sumIndices(page, levels, values, dictionary)
}

/** Sums the int64 values from `at` on by their halves. */
function sumPlain(page: DataView, at: number): bigint {
  const bytes = page.byteLength - at
  if (bytes < 0 || bytes % 8 !== 0) throw new RangeError(`a page has ${bytes} bytes of 64-bit values`)
  let sum = 0n
  while (at < page.byteLength) {
    const to = Math.min(page.byteLength, at + 8 * EXACT)
    let low = 0
    let high = 0
    for (; at < to; at += 8) {
      low += page.getUint32(at, true)
      high += page.getInt32(at + 4, true)
    }
    sum += BigInt(high) * TWO_32 + BigInt(low)
  }
  return sum
}

/** Counts each dictionary entry's uses, then takes one product an entry: a run costs as much as one value. */
function sumIndices(page: DataView, at: number, count: number, dictionary: DataView): bigint | undefined {
  if (page.byteLength < 4) return undefined
  const uses = new Uint32Array(dictionary.byteLength / 8)
  const bitWidth = page.getUint8(at)
  const mask = 2 ** bitWidth - 1
  if (bitWidth > 24) throw new RangeError(`dictionary indices have ${bitWidth} bits, expected at most 24`)
  const last = page.byteLength - 4
  readHybrid(
    page,
    at + 1,
    count,
    bitWidth,
    (index, length) => {
      uses[index] += length
    },
    (from, length) => {
      for (let i = 0, bit = 0; i < length; i++, bit += bitWidth) {
        // Four bytes hold any index of up to 24 bits; at the page's end they are the last four.
        const byte = Math.min(from + (bit >> 3), last)
        const shift = (from + (bit >> 3) - byte) * 8 + (bit & 7)
        uses[(page.getUint32(byte, true) >>> shift) & mask]++
      }
    },
  )
  let sum = 0n
  let used = 0
  for (let i = 0; i < uses.length; i++) {
    if (uses[i] === 0) continue
    sum += dictionary.getBigInt64(8 * i, true) * BigInt(uses[i])
    used += uses[i]
  }
  if (used !== count) throw new RangeError('an index is beyond the dictionary')
  return sum
}

function countDefined(page: DataView, rows: number): number {
  let defined = 0
  readHybrid(
    page,
    4,
    rows,
    1,
    (level, length) => {
      defined += level * length
    },
    (from, length) => {
      for (let i = 0; i < length; i++) defined += (page.getUint8(from + (i >> 3)) >> (i & 7)) & 1
    },
  )
  return defined
}
