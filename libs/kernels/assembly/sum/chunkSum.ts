// Sums a column chunk of a few bytes in one call: asking for each of its pages would take longer than summing
// them.
import { crc32 } from '../parquet/crc32'
import { openDictionary } from './dictionarySum'
import {
  BYTES,
  CRC,
  DATA_PAGE,
  DATA_PAGE_V2,
  DICTIONARY_PAGE,
  ENCODING,
  HAS_CRC,
  LEVEL_BYTES,
  LEVEL_ENCODING,
  NULLS,
  number,
  readPageHeader,
  REPETITION_BYTES,
  TYPE,
  VALUES,
} from '../parquet/pageHeader'
import { countDefined } from '../parquet/pageLevels'
import { clearPageTotal } from './pageTotal'
import { PLAIN, PLAIN_DICTIONARY, sumValues } from './valuesSum'

/** The Encoding of parquet.thrift. */
const RLE = 3

let valueBytes: u32 = 8
let nullable: bool = false
let hasDictionary: bool = false

/**
 * Makes the page total the sum of the first `values` rows of pages in [from, to) that are not compressed, of integers of
 * `bytes` bytes, 4 or 8, `optional` ones with nulls. `tables` has `tablesBytes` of room. Returns false if it cannot, or a page is
 * damaged.
 */
export function sumChunk(
  from: usize,
  to: usize,
  values: u32,
  bytes: u32,
  optional: bool,
  tables: usize,
  tablesBytes: u32,
): bool {
  clearPageTotal()
  valueBytes = bytes
  nullable = optional
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
      const encoding = number(ENCODING)
      if (encoding != PLAIN && encoding != PLAIN_DICTIONARY) return false
      if (!openDictionary(page, at, count, valueBytes, tables, tablesBytes)) return false
      hasDictionary = true
    } else if (type == DATA_PAGE || type == DATA_PAGE_V2) {
      if (count > left || !addPage(page, at, type == DATA_PAGE_V2, count)) return false
      left -= count
    }
  }
  return true
}

/** Adds a data page of `count` rows. */
function addPage(page: usize, end: usize, isVersion2: bool, count: u32): bool {
  // Its levels, and behind them its values.
  let levels = page
  let data = page
  if (isVersion2) {
    levels += <usize>number(REPETITION_BYTES)
    data = levels + <usize>number(LEVEL_BYTES)
  } else if (nullable) {
    if (number(LEVEL_ENCODING) != RLE) return false
    levels += 4
    data = levels + <usize>load<u32>(page)
  }
  if (data > end || data < page) return false
  const nulls = number(NULLS)
  const encoding = number(ENCODING)
  const defined = nullable ? countDefined(levels, data, count) : <i32>count
  if (defined < 0 || (isVersion2 && defined != <i32>count - nulls)) return false
  return sumValues(encoding, data, end, defined, valueBytes, hasDictionary) > 0
}
