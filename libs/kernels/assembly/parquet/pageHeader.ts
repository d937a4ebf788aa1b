// Reads from a PageHeader of parquet.thrift what is needed to read the page.
import { at, damaged, fail, nextField, open, readInt, skip } from './thrift'

// PageType of parquet.thrift.
export const DATA_PAGE = 0
export const DICTIONARY_PAGE = 2
const INT32_MAX: i64 = 0x7fffffff

// The offsets of the numbers, which have 4 bytes each.
export const TYPE = 0
export const BYTES = 4
const UNCOMPRESSED_BYTES = 8
export const HAS_CRC = 12
export const CRC = 16
export const VALUES = 20
export const ENCODING = 24
export const LEVEL_ENCODING = 28

const header = memory.data(32)

/**
 * Returns the address of the header that was read last, eight int32s: PageType; the bytes of the page, in the file
 * and decompressed; whether there is a CRC-32, and the CRC-32; the rows of a data page or the entries of a
 * dictionary; the Encoding of the values and of a data page's definition levels.
 */
export function pageHeader(): usize {
  return header
}

/** Returns the number at an offset. */
// @ts-expect-error: a decorator
@inline
export function number(place: usize): i32 {
  return load<i32>(header + place)
}

/**
 * Reads the header that begins at `from`. Returns its length, or 0 if the header does not end before `to` or
 * is invalid.
 */
export function readPageHeader(from: usize, to: usize): usize {
  memory.fill(header, 0, 32)
  put(TYPE, -1)
  put(BYTES, -1)
  put(UNCOMPRESSED_BYTES, -1)
  put(ENCODING, -1)
  put(LEVEL_ENCODING, -1)
  open(from, to)
  for (let field = nextField(0); field != 0; field = nextField(field)) {
    if (field == 1) put(TYPE, readInt())
    else if (field == 2) put(UNCOMPRESSED_BYTES, readSize())
    else if (field == 3) put(BYTES, readSize())
    else if (field == 4) {
      put(CRC, readInt())
      put(HAS_CRC, 1)
    } else if (field == 5 || field == 7) readContent()
    else skip()
  }
  const hasSizes = number(BYTES) >= 0 && number(UNCOMPRESSED_BYTES) >= 0
  return damaged || !hasSizes ? 0 : at - from
}

/** Reads a DataPageHeader or DictionaryPageHeader. */
function readContent(): void {
  const isData = number(TYPE) == DATA_PAGE
  for (let field = nextField(0); field != 0; field = nextField(field)) {
    if (field == 1) put(VALUES, readSize())
    else if (field == 2) put(ENCODING, readInt())
    else if (field == 3 && isData) put(LEVEL_ENCODING, readInt())
    else skip()
  }
}

function readSize(): i64 {
  const size = readInt()
  if (size < 0 || size > INT32_MAX) fail()
  return size
}

// @ts-expect-error: a decorator
@inline
function put(field: usize, value: i64): void {
  store<i32>(header + field, <i32>value)
}
