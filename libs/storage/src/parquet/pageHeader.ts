import { ThriftReader, TRUE } from './thrift.ts'

// Numbers of parquet.thrift.
export const DATA_PAGE = 0
export const DICTIONARY_PAGE = 2
export const DATA_PAGE_V2 = 3

/** What reading a page needs of its PageHeader. */
export interface PageHeader {
  /** Bytes of the header itself. */
  headerBytes: number
  type: number
  /** Bytes of the page, as it is in the file and decompressed. */
  bytes: number
  uncompressedBytes: number
  /** CRC-32 of the page as it is in the file, if there is one. */
  crc: number | undefined
  /** Rows of a data page, entries of a dictionary. */
  values: number
  encoding: number
  /** Of the definition levels of a version 1 page. */
  levelEncoding: number
  /** Of a version 2 page: the bytes of its levels, which are not compressed, and whether the rest is. */
  repetitionBytes: number
  levelBytes: number
  compressed: boolean
  /** Of a version 2 page. */
  nulls: number
}

const INT32_MAX = 2 ** 31 - 1

/** Reads the header in `bytes` from `start` on. Throws RangeError if it does not end before `end` or makes no sense. */
export function readPageHeader(bytes: Uint8Array, start: number, end: number): PageHeader {
  const reader = new ThriftReader(bytes, start, end)
  const header: PageHeader = {
    headerBytes: 0,
    type: -1,
    bytes: -1,
    uncompressedBytes: -1,
    crc: undefined,
    values: 0,
    encoding: -1,
    levelEncoding: -1,
    repetitionBytes: 0,
    levelBytes: 0,
    compressed: true,
    nulls: 0,
  }
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 1) header.type = reader.readInt()
    else if (field === 2) header.uncompressedBytes = reader.readInt()
    else if (field === 3) header.bytes = reader.readInt()
    else if (field === 4) header.crc = reader.readInt()
    else if (field === 5 || field === 7) readVersion1(reader, header)
    else if (field === 8) readVersion2(reader, header)
    else reader.skip()
  }
  header.headerBytes = reader.at - start
  for (const size of [
    header.bytes,
    header.uncompressedBytes,
    header.values,
    header.repetitionBytes,
    header.levelBytes,
  ]) {
    if (size < 0 || size > INT32_MAX) throw new RangeError(`a page header says ${size}`)
  }
  return header
}

/** DataPageHeader, DictionaryPageHeader. */
function readVersion1(reader: ThriftReader, header: PageHeader): void {
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 1) header.values = reader.readInt()
    else if (field === 2) header.encoding = reader.readInt()
    else if (field === 3 && header.type === DATA_PAGE) header.levelEncoding = reader.readInt()
    else reader.skip()
  }
}

/** DataPageHeaderV2. */
function readVersion2(reader: ThriftReader, header: PageHeader): void {
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 1) header.values = reader.readInt()
    else if (field === 2) header.nulls = reader.readInt()
    else if (field === 4) header.encoding = reader.readInt()
    else if (field === 5) header.levelBytes = reader.readInt()
    else if (field === 6) header.repetitionBytes = reader.readInt()
    else if (field === 7) header.compressed = reader.type === TRUE
    else reader.skip()
  }
}
