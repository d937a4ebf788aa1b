// Sums a column chunk of a few bytes in one call: asking for each of its pages would take longer than summing
// them.
import { crc32 } from '../parquet/crc32'
import { openDictionary } from './dictionarySum'
import {
  BYTES,
  CRC,
  DATA_PAGE,
  DICTIONARY_PAGE,
  ENCODING,
  HAS_CRC,
  LEVEL_ENCODING,
  number,
  readPageHeader,
  TYPE,
  VALUES,
} from '../parquet/pageHeader'
import { countDefined } from '../parquet/pageLevels'
import { clearPageTotal } from './pageTotal'
import { PLAIN, sumValues } from './valuesSum'

/** The Encoding of parquet.thrift. */
const RLE = 3

let hasDictionary: bool = false

/**
 * Makes the page total the sum of the first `values` rows of pages in [from, to) that are not compressed, of an optional int64
 * column. `tables` has `tablesBytes` of room. Returns false if it cannot, or a page is damaged.
 */
export function sumChunk(from: usize, to: usize, values: u32, tables: usize, tablesBytes: u32): bool {
  clearPageTotal()
  hasDictionary = false
  let at = from
  for (let left = values; left > 0; ) {
    const headerBytes = readPageHeader(at, to)
    const page = at + headerBytes
    const size = <usize>number(BYTES)
    if (headerBytes == 0 || size > to - page) return false
    at = page + size
    if (number(HAS_CRC) != 0 && crc32(page, at) != <u32>number(CRC)) return false
    const type = number(TYPE)
    const count = <u32>number(VALUES)
    if (type == DICTIONARY_PAGE) {
      if (number(ENCODING) != PLAIN) return false
      if (!openDictionary(page, at, count, tables, tablesBytes)) return false
      hasDictionary = true
    } else if (type == DATA_PAGE) {
      if (count > left || !addPage(page, at, count)) return false
      left -= count
    } else return false
  }
  return true
}

/** Adds a data page of `count` rows: the length of its levels, the levels, and behind them its values. */
function addPage(page: usize, end: usize, count: u32): bool {
  if (number(LEVEL_ENCODING) != RLE) return false
  const levels = page + 4
  const data = levels + <usize>load<u32>(page)
  if (data > end || data < page) return false
  const defined = countDefined(levels, data, count)
  if (defined < 0) return false
  return sumValues(number(ENCODING), data, end, defined, hasDictionary) > 0
}
