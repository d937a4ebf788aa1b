import type { PageHeader } from '../../src/index.ts'
import { ThriftReader } from './thrift.ts'

// Numbers of parquet.thrift.
const DATA_PAGE = 0

const INT32_MAX = 2 ** 31 - 1

/** Returns the header at the beginning of `bytes`, or undefined if the header does not end there or is invalid. */
export function pageHeaderIn(bytes: Uint8Array): PageHeader | undefined {
  try {
    return readPageHeader(bytes)
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    return undefined
  }
}

/** Reads the header at the beginning of `bytes`. Throws RangeError if the header does not end there or is invalid. */
function readPageHeader(bytes: Uint8Array): PageHeader {
  const reader = new ThriftReader(bytes)
  const header: PageHeader = {
    headerBytes: 0,
    type: -1,
    bytes: -1,
    uncompressedBytes: -1,
    crc: undefined,
    values: 0,
    encoding: -1,
    levelEncoding: -1,
  }
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 1) header.type = reader.readInt32()
    else if (field === 2) header.uncompressedBytes = readSize(reader)
    else if (field === 3) header.bytes = readSize(reader)
    else if (field === 4) header.crc = reader.readInt32()
    else if (field === 5 || field === 7) readContent(reader, header)
    else reader.skip()
  }
  header.headerBytes = reader.at
  if (header.bytes < 0 || header.uncompressedBytes < 0) throw new RangeError('a page header without sizes')
  return header
}

function readSize(reader: ThriftReader): number {
  const size = reader.readInt()
  if (size < 0 || size > INT32_MAX) throw new RangeError(`a page header says ${size}`)
  return size
}

/** Reads a DataPageHeader or DictionaryPageHeader. */
function readContent(reader: ThriftReader, header: PageHeader): void {
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 1) header.values = readSize(reader)
    else if (field === 2) header.encoding = reader.readInt32()
    else if (field === 3 && header.type === DATA_PAGE) header.levelEncoding = reader.readInt32()
    else reader.skip()
  }
}
