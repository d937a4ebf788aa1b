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
      return { element: found.element, chunks: readRowGroups(reader, found.position) }
    else reader.skip()
  }
  throw new RangeError('it has no schema or no row groups')
}

interface FoundElement {
  element: SchemaElement
  position: number
}

/** Reads the whole schema, which has no nested columns. */
function readSchema(reader: ThriftReader, column: string | number): FoundElement | undefined {
  const size = readStructs(reader)
  let found: FoundElement | undefined
  for (let i = 0; i < size; i++) {
    if (found) {
      reader.skip(STRUCT)
      continue
    }
    const position = i - 1
    const { element, children } = readElement(reader)
    if (i === 0) continue // the root
    if (children > 0) throw new RangeError('a nested column')
    if (position === column || element.name === column) found = { element, position }
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
    type: -1,
    repetition: 0,
  }
  let children = 0
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 5) children = reader.readInt()
    else if (field === 1) element.type = reader.readInt32()
    else if (field === 3) element.repetition = reader.readInt32()
    else if (field === 4) element.name = Buffer.from(reader.readBytes()).toString()
    else reader.skip()
  }
  return { element, children }
}

const INT64 = 2

function readRowGroups(reader: ThriftReader, column: number): ColumnChunk[] {
  const size = readStructs(reader)
  return Array.from({ length: size }, (_, i) => {
    let chunk: ColumnChunk | undefined
    for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
      if (field === 1 && !chunk) chunk = readColumns(reader, column)
      else reader.skip()
    }
    if (!chunk) throw new RangeError(`row group ${i} has no such column`)
    return chunk
  })
}

function readColumns(reader: ThriftReader, column: number): ColumnChunk | undefined {
  const size = readStructs(reader)
  let chunk: ColumnChunk | undefined
  for (let i = 0; i < size; i++) {
    if (i !== column) {
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
  if (type !== INT64 || least?.length !== 8 || !greatest?.equals(least) || !exact) return undefined
  if (nulls < 0 || nulls > values) return undefined
  return { integer: least.readBigInt64LE(), count: values - nulls }
}
