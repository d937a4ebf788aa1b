import type { DataReader } from 'hyparquet'
import { readVarInt, readZigZag } from 'hyparquet/src/thrift.js'

// Types of Thrift's compact protocol:
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
const STOP = 0
const TRUE = 1
const FALSE = 2
const BYTE = 3
const I64 = 6
const DOUBLE = 7
const BINARY = 8
const LIST = 9
const SET = 10
const STRUCT = 12

// Fields of parquet.thrift.
const FILE_ROW_GROUPS = 4
const ROW_GROUP_COLUMNS = 1

/**
 * A file's FileMetaData with only column chunk number `leaf` of each row group, or with none if it is negative. The
 * others are passed over without becoming objects: a wide table's would not fit into a worker's memory.
 */
export function projectMetadata(metadata: Uint8Array, leaf: number): Uint8Array {
  const reader = { view: new DataView(metadata.buffer, metadata.byteOffset, metadata.length), offset: 0 }
  const parts: Uint8Array[] = []
  let copied = 0
  const projectColumns = () => {
    parts.push(metadata.subarray(copied, reader.offset))
    parts.push(Uint8Array.of(((leaf < 0 ? 0 : 1) << 4) | STRUCT))
    eachElement(reader, (type, index) => {
      const start = reader.offset
      skip(reader, type)
      if (index === leaf) parts.push(metadata.subarray(start, reader.offset))
    })
    copied = reader.offset
  }
  eachField(reader, (fileType, fileField) => {
    if (fileField !== FILE_ROW_GROUPS) return skip(reader, fileType)
    eachElement(reader, () =>
      eachField(reader, (type, field) => {
        if (field === ROW_GROUP_COLUMNS) projectColumns()
        else skip(reader, type)
      }),
    )
  })
  parts.push(metadata.subarray(copied, reader.offset))
  return Buffer.concat(parts)
}

/** Calls `take` at the value of each field of a struct; it has to read it or to skip it. */
function eachField(reader: DataReader, take: (type: number, field: number) => void): void {
  for (let field = 0; ; ) {
    const header = reader.view.getUint8(reader.offset++)
    const type = header & 15
    if (type === STOP) return
    field = header >> 4 ? field + (header >> 4) : readZigZag(reader)
    take(type, field)
  }
}

/** The same for the elements of a list. */
function eachElement(reader: DataReader, take: (type: number, index: number) => void): void {
  const header = reader.view.getUint8(reader.offset++)
  const size = header >> 4 === 15 ? readVarInt(reader) : header >> 4
  const type = header & 15
  // In a list a boolean has a byte; in a struct it is in the field's type.
  const elementType = type === TRUE || type === FALSE ? BYTE : type
  for (let index = 0; index < size; index++) take(elementType, index)
}

function skip(reader: DataReader, type: number): void {
  if (type === TRUE || type === FALSE) return
  if (type === BYTE) reader.offset++
  else if (type <= I64) while (reader.view.getUint8(reader.offset++) >= 0x80);
  else if (type === DOUBLE) reader.offset += 8
  else if (type === BINARY) skipBytes(reader, readVarInt(reader))
  else if (type === LIST || type === SET) eachElement(reader, elementType => skip(reader, elementType))
  else if (type === STRUCT) eachField(reader, fieldType => skip(reader, fieldType))
  else throw new RangeError(`Thrift has no type ${type}`)
}

function skipBytes(reader: DataReader, count: number): void {
  reader.offset += count
}
