import { engine } from '../engine.ts'

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

/** Reads the header at an address of the engine's memory. Throws RangeError if it does not end before `end` or makes no sense. */
export function readPageHeader(start: number, end: number): PageHeader {
  const { kernels, pageHeader: numbers } = engine
  const headerBytes = kernels.readPageHeader(start, end)
  if (headerBytes === 0) throw new RangeError('a page header is damaged')
  return {
    headerBytes,
    type: numbers[0],
    bytes: numbers[1],
    uncompressedBytes: numbers[2],
    crc: numbers[3] === 0 ? undefined : numbers[4],
    values: numbers[5],
    encoding: numbers[6],
    levelEncoding: numbers[7],
    repetitionBytes: numbers[8],
    levelBytes: numbers[9],
    compressed: numbers[10] !== 0,
    nulls: numbers[11],
  }
}
