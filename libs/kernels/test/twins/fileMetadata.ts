import type { ColumnChunk, ColumnChunks, SchemaElement } from '../../src/index.ts'
import { STRUCT, ThriftReader, TRUE } from './thrift.ts'

/**
 * Reads the FileMetaData in `bytes`, and makes objects of one column alone. Returns undefined if the column
 * does not exist. Throws RangeError if the metadata is damaged.
 */
export function readFileMetadata(bytes: Uint8Array, column: string | number): ColumnChunks | undefined {
  const reader = new ThriftReader(bytes)
  let found: FoundElement | undefined
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 2) {
      found = readSchema(reader, column)
      if (!found) return undefined
    } else if (field === 4 && found)
      return { element: found.element, chunks: readRowGroups(reader, found.leaf) }
    else reader.skip()
  }
  throw new RangeError('it has no schema or no row groups')
}

interface FoundElement {
  element: SchemaElement
  /** How many leaf columns come before the column. */
  leaf: number
}

/** Reads the whole schema. */
function readSchema(reader: ThriftReader, column: string | number): FoundElement | undefined {
  const size = readStructs(reader)
  let found: FoundElement | undefined
  let topLevel = -1
  let nested = 0 // the elements that are left of the current top-level column
  let leaf = 0
  for (let i = 0; i < size; i++) {
    if (found) {
      reader.skip(STRUCT)
      continue
    }
    const isTopLevel = i > 0 && nested === 0
    if (isTopLevel) topLevel++
    const { element, children } = readElement(reader)
    if (isTopLevel && (topLevel === column || element.name === column)) {
      found = { element, leaf }
      continue
    }
    if (i === 0) continue // the root
    nested += children - (isTopLevel ? 0 : 1)
    if (children === 0) leaf++
  }
  return found
}

/** Returns how many structures a list has. */
function readStructs(reader: ThriftReader): number {
  const size = reader.readListSize()
  if (size > 0 && reader.type !== STRUCT) throw new RangeError('a list of other things')
  return size
}

function readElement(reader: ThriftReader): { element: SchemaElement; children: number } {
  const element: SchemaElement = {
    name: '',
    type: undefined,
    repetition: 0,
    convertedType: undefined,
    logicalType: undefined,
    isSigned: true,
  }
  let children = 0
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 5) children = reader.readInt()
    else if (field === 1) element.type = ifAny(reader.readInt32())
    else if (field === 3) element.repetition = reader.readInt32()
    else if (field === 4) element.name = Buffer.from(reader.readBytes()).toString()
    else if (field === 6) element.convertedType = ifAny(reader.readInt32())
    else if (field === 10) readLogicalType(reader, element)
    else reader.skip()
  }
  return { element, children }
}

const ifAny = (number: number) => (number < 0 ? undefined : number)

const INT32 = 1
const INT64 = 2
const INTEGER = 10

function readLogicalType(reader: ThriftReader, element: SchemaElement): void {
  element.logicalType = 0
  for (let member = reader.nextField(0); member !== 0; member = reader.nextField(member)) {
    element.logicalType = member
    if (member !== INTEGER) {
      reader.skip()
      continue
    }
    for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
      if (field === 2) element.isSigned = reader.type === TRUE
      else reader.skip()
    }
  }
}

function readRowGroups(reader: ThriftReader, leaf: number): ColumnChunk[] {
  const size = readStructs(reader)
  return Array.from({ length: size }, (_, i) => {
    let chunk: ColumnChunk | undefined
    for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
      if (field === 1 && !chunk) chunk = readColumns(reader, leaf)
      else reader.skip()
    }
    if (!chunk) throw new RangeError(`row group ${i} has no such column`)
    return chunk
  })
}

function readColumns(reader: ThriftReader, leaf: number): ColumnChunk | undefined {
  const size = readStructs(reader)
  let chunk: ColumnChunk | undefined
  for (let i = 0; i < size; i++) {
    if (i !== leaf) {
      reader.skip(STRUCT)
      continue
    }
    for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
      if (field === 1) throw new RangeError('a column is in another file')
      if (field === 3) chunk = readColumnMetadata(reader)
      else reader.skip()
    }
  }
  return chunk
}

function readColumnMetadata(reader: ThriftReader): ColumnChunk {
  const chunk = { type: -1, codec: -1, values: -1, start: -1, bytes: -1 }
  let dictionary = 0
  const statistics: Statistics = { exact: true }
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 1) chunk.type = reader.readInt()
    else if (field === 4) chunk.codec = reader.readInt()
    else if (field === 5) chunk.values = reader.readInt()
    else if (field === 7) chunk.bytes = reader.readInt()
    else if (field === 9) chunk.start = reader.readInt()
    else if (field === 11) dictionary = reader.readInt()
    else if (field === 12 && reader.type === STRUCT) readStatistics(reader, statistics)
    else reader.skip()
  }
  // Some writers put 0 where there is no dictionary.
  if (dictionary > 0 && dictionary < chunk.start) chunk.start = dictionary
  if (chunk.values < 0 || chunk.bytes < 0) throw new RangeError('a column chunk has no size')
  return { ...chunk, constant: constantOf(chunk, statistics) }
}

interface Statistics {
  nulls?: number
  least?: Buffer
  greatest?: Buffer
  /** Whether the bounds are values of the column. */
  exact: boolean
}

function readStatistics(reader: ThriftReader, statistics: Statistics): void {
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 3) statistics.nulls = reader.readInt()
    else if (field === 5) statistics.greatest = Buffer.from(reader.readBytes())
    else if (field === 6) statistics.least = Buffer.from(reader.readBytes())
    else {
      if ((field === 7 || field === 8) && reader.type !== TRUE) statistics.exact = false
      reader.skip()
    }
  }
}

function constantOf(
  { type, values }: ColumnChunk,
  { nulls = -1, least, greatest, exact }: Statistics,
): ColumnChunk['constant'] {
  const width = type === INT64 ? 8 : type === INT32 ? 4 : 0
  if (width === 0 || least?.length !== width || !greatest?.equals(least) || !exact) return undefined
  if (nulls < 0 || nulls > values) return undefined
  const integer = type === INT64 ? least.readBigInt64LE() : BigInt(least.readInt32LE())
  return { integer, count: values - nulls }
}
