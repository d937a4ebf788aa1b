import { EVERY } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { type FixedType, TEXT_LENGTH_BYTES, valueSizes } from '../columnSource.ts'
import { damagedFile } from '../errors.ts'
import { closeFile, type OpenFile } from '../files.ts'
import { enlargeBlock, memory, releaseBlock } from '../kernelMemory.ts'
import { withStoredLimits } from '../limits.ts'
import type { ColumnType, Value } from '../schema.ts'
import { openStored } from '../storedFiles.ts'
import { BlockReader, BlockTooSmall } from './blockReader.ts'
import { explainProblem } from './explain.ts'
import { readStoredHeader } from './header.ts'

/** A column of a stored CSV, and the wanted part of the file: all of it, or the records between two positions. */
export interface CsvColumn {
  columnIndex: number
  columns: number
  type: ColumnType
  /** The size of the whole file, if known. */
  bytes?: number
  from?: number
  to?: number
}

/**
 * Yields the values of a column of a stored CSV, block by block. Nothing else may use kernel memory before
 * the last block. Throws StorageError `invalid` if the file breaks a rule, `damaged` if the file has changed.
 */
export function* csvValues(
  path: string,
  { columnIndex, columns, type, bytes, from = 0, to }: CsvColumn,
  cancellation?: Cancellation,
): Generator<Value[]> {
  const file = openStored(path, bytes)
  try {
    const extent = { end: to ?? file.size, complete: true }
    const readerAt = (position: number) => new BlockReader(file, columns, EVERY, position, () => extent, true)
    let reader = readerAt(from === 0 ? withStoredLimits(() => readStoredHeader(file)).end : from)
    for (;;) {
      throwIfCancelled(cancellation)
      try {
        if (!reader.next()) return
      } catch (error) {
        if (!(error instanceof BlockTooSmall)) throw error
        const { start } = reader
        enlargeBlock()
        reader = readerAt(start)
        continue
      }
      if (!memory.kernels.everyRecordHas(columns, reader.records, memory.ends))
        throw explainProblem(file, reader.start, columns)
      yield type === 'text' ? textsOf(reader, columnIndex) : valuesOf(file, reader, columnIndex, type)
    }
  } finally {
    releaseBlock()
    closeFile(file)
  }
}

/**
 * Reads the values to `memory.page` and the levels to `memory.rows`, which is free because there is no
 * current row group.
 */
function textsOf(reader: BlockReader, column: number): Value[] {
  const { bytes, page, rows } = memory
  reader.readTexts(column, page, rows)
  const buffer = Buffer.from(bytes.buffer)
  let at = page
  return Array.from({ length: reader.records }, (_, row) => {
    if (bytes[rows + row] === 0) return null
    const start = at + TEXT_LENGTH_BYTES
    at = start + buffer.readUInt32LE(at)
    return buffer.toString('utf8', start, at)
  })
}

/** Reads the values to the same places as `textsOf`. */
function valuesOf(file: OpenFile, reader: BlockReader, column: number, type: FixedType): Value[] {
  const { bytes, page, rows } = memory
  if (reader.readValues(column, type, page, rows) < 0)
    throw damagedFile(file.path, `has a field in column ${column + 1} that is no ${type}`)
  const buffer = Buffer.from(bytes.buffer)
  let at = page
  return Array.from({ length: reader.records }, (_, row) => {
    if (bytes[rows + row] === 0) return null
    const value = valueReaders[type](buffer, at)
    at += valueSizes[type]
    return value
  })
}

const readInt64 = (buffer: Buffer, at: number): Value => buffer.readBigInt64LE(at)

const valueReaders: Record<FixedType, (buffer: Buffer, at: number) => Value> = {
  int64: readInt64,
  double: (buffer, at) => buffer.readDoubleLE(at),
  boolean: (buffer, at) => buffer[at] !== 0,
  date: (buffer, at) => buffer.readInt32LE(at),
  timestamp: readInt64,
  'timestamp-utc': readInt64,
}
