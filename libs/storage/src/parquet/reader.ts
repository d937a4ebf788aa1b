import {
  type ColumnMetaData,
  type FileMetaData,
  parquetMetadata,
  parquetSchema,
  type SchemaElement,
} from 'hyparquet'
import { StorageError } from '../errors.ts'
import { type OpenFile, readAt } from '../files.ts'
import { projectMetadata } from './projection.ts'

const MAGIC = 'PAR1'
const TAIL_BYTES = 4 + MAGIC.length // the footer's length in front

/** Up to so many bytes a footer is read as a whole, which is faster than picking from it. */
const SMALL_FOOTER_BYTES = 64 * 1024

/** A column that is not nested: its schema entry and its chunk in each row group. */
export interface ColumnChunks {
  element: SchemaElement
  chunks: { metadata: ColumnMetaData; rows: number }[]
}

/**
 * Finds a top-level column by its name or its position; undefined if the file has none there. Reads the footer, and
 * not a byte else. Throws StorageError `damaged` if there is none.
 */
export function findColumn(file: OpenFile, column: string | number): ColumnChunks | undefined {
  try {
    const bytes = readFooter(file)
    const whole = bytes.length <= SMALL_FOOTER_BYTES
    const footer = parsed(whole ? bytes : projectMetadata(bytes, -1))
    const { children } = parquetSchema(footer)
    const found =
      typeof column === 'number' ? children[column] : children.find(({ element }) => element.name === column)
    if (!found) return undefined
    const { element } = found
    const leaves = footer.schema.slice(0, footer.schema.indexOf(element)).filter(isLeaf).length
    const { row_groups } = whole ? footer : parsed(projectMetadata(bytes, leaves))
    const chunks = row_groups.map(({ columns, num_rows }) => ({
      metadata: columns[whole ? leaves : 0]?.meta_data as ColumnMetaData,
      rows: Number(num_rows),
    }))
    return { element, chunks }
  } catch (error) {
    if (error instanceof StorageError) throw error
    throw new StorageError('damaged', `${file.path} has no Parquet footer: ${(error as Error).message}`, {
      cause: error,
    })
  }
}

function isLeaf({ num_children }: SchemaElement): boolean {
  return !num_children
}

/** The FileMetaData of a file, serialized. */
function readFooter(file: OpenFile): Uint8Array {
  const tail = readRange(file, file.size - TAIL_BYTES, file.size)
  if (Buffer.from(tail.subarray(4)).toString('latin1') !== MAGIC)
    throw new RangeError(`it does not end in ${MAGIC}`)
  const length = new DataView(tail.buffer, tail.byteOffset).getUint32(0, true)
  return readRange(file, file.size - TAIL_BYTES - length, file.size - TAIL_BYTES)
}

/** hyparquet wants the bytes that stand behind a footer, too. */
function parsed(metadata: Uint8Array): FileMetaData {
  const bytes = Buffer.alloc(metadata.length + TAIL_BYTES)
  bytes.set(metadata)
  bytes.writeUInt32LE(metadata.length, metadata.length)
  bytes.write(MAGIC, metadata.length + 4)
  return parquetMetadata(bytes, { geoparquet: false })
}

/** Reads the pages of one column chunk. The bytes are valid until the next call of this thread. */
export function readChunk(file: OpenFile, metadata: ColumnMetaData): Uint8Array {
  const start = Number(metadata.dictionary_page_offset ?? metadata.data_page_offset)
  return readRange(file, start, start + Number(metadata.total_compressed_size))
}

let scratch = new Uint8Array(64 * 1024)

function readRange(file: OpenFile, start: number, end: number): Uint8Array {
  if (start < 0 || end > file.size) {
    const found = `found ${file.size} bytes, expected a page or footer at ${start} to ${end}`
    throw new StorageError('damaged', `${file.path} is damaged: ${found}`)
  }
  if (scratch.length < end - start) scratch = new Uint8Array(Math.ceil((end - start) * 1.25))
  const bytes = scratch.subarray(0, end - start)
  if (readAt(file, bytes, start) < bytes.length) {
    throw new StorageError('damaged', `${file.path} became shorter while it was read`)
  }
  return bytes
}
