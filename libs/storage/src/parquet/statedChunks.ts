// What a footer says about many columns at once, in one pass over it. A sum, which needs one column, has a kernel for that.
import { crc32 } from 'node:zlib'
import type { ColumnChunk } from '@table/kernels'
import { damagedFile, shortageOf } from '../errors.ts'
import type { OpenFile } from '../files.ts'
import { checkRange, readWhole } from '../storedFiles.ts'
import { MAGIC, uint32At } from './format.ts'
import { WINDOW_BYTES } from './metadataReader.ts'
import type { Known } from './reader.ts'
import { ThriftReader } from './thriftReader.ts'

/** A column chunk with its statistics. */
export interface StatedChunk extends Omit<ColumnChunk, 'constant'> {
  /** The position of the column, from 0. */
  column: number
  /** FieldRepetitionType of parquet.thrift. */
  repetition: number
  /** Undefined if the file does not say it. */
  nulls: number | undefined
  /** The least and the greatest value as PLAIN has them. Undefined if they are not known exactly. */
  bounds: { least: Uint8Array; greatest: Uint8Array } | undefined
}

type KnownFooter = Required<Pick<Known, 'footerBytes' | 'footerCrc'>> & Pick<Known, 'from' | 'to'>

const MAGIC_NUMBER = uint32At(MAGIC, 0)
/** The footer's length and the magic number. */
const TAIL_BYTES = 8

/**
 * Yields the chunks of the wanted columns, row group by row group. Reads the footer once, a window of it at a time, and nothing else.
 * Throws StorageError `damaged` if the footer is not what is known of it: before the first chunk if the footer fits into a window, at
 * the latest after the last chunk if not.
 */
export function* statedChunks(
  file: OpenFile,
  known: KnownFooter,
  isWanted: (column: number) => boolean = () => true,
): Generator<StatedChunk> {
  try {
    const footer = new FooterReader(file, known)
    yield* eachChunk(footer.metadata(), known, isWanted)
    footer.checkEnd()
  } catch (error) {
    if (!(error instanceof RangeError)) throw error
    throw (
      shortageOf(error) ?? damagedFile(file.path, `has no footer that can be read: ${error.message}`, error)
    )
  }
}

/** Reads a footer window by window. */
class FooterReader {
  readonly #file: OpenFile
  readonly #crc: number
  readonly #window: Buffer
  readonly #metadataBytes: number
  #position: number
  #part: Buffer = Buffer.alloc(0)
  #foundCrc = 0

  constructor(file: OpenFile, { footerBytes, footerCrc }: KnownFooter) {
    this.#file = file
    this.#crc = footerCrc
    this.#position = file.size - footerBytes
    checkRange(file, this.#position, footerBytes)
    this.#metadataBytes = footerBytes - TAIL_BYTES
    if (this.#metadataBytes < 0) throw new RangeError('it does not end in PAR1')
    this.#window = Buffer.allocUnsafe(Math.min(footerBytes, WINDOW_BYTES))
  }

  /** The FileMetaData. Throws RangeError if the whole footer is in the first window and is not what is known of it. */
  metadata(): ThriftReader {
    this.#read()
    if (this.#position === this.#file.size) this.checkEnd()
    let isFirst = true
    return new ThriftReader(this.#metadataBytes, () => {
      if (!isFirst) this.#read()
      isFirst = false
      return this.#part
    })
  }

  /** Reads what is left of the footer. Throws RangeError if the footer is not what is known of it. */
  checkEnd(): void {
    while (this.#position < this.#file.size) this.#read()
    if ((this.#foundCrc | 0) !== this.#crc) throw new RangeError('its CRC is another')
    const tail = this.#tail()
    if (uint32At(tail, 4) !== MAGIC_NUMBER) throw new RangeError('it does not end in PAR1')
    if (uint32At(tail, 0) !== this.#metadataBytes) throw new RangeError('its length is another')
  }

  #tail(): Buffer {
    if (this.#part.length >= TAIL_BYTES) return this.#part.subarray(-TAIL_BYTES)
    const tail = Buffer.alloc(TAIL_BYTES)
    readWhole(this.#file, tail, this.#file.size - TAIL_BYTES)
    return tail
  }

  #read(): void {
    this.#part = this.#window.subarray(0, Math.min(this.#window.length, this.#file.size - this.#position))
    readWhole(this.#file, this.#part, this.#position)
    this.#foundCrc = crc32(this.#part, this.#foundCrc)
    this.#position += this.#part.length
  }
}

function* eachChunk(
  reader: ThriftReader,
  { from = 0, to = Number.POSITIVE_INFINITY }: KnownFooter,
  isWanted: (column: number) => boolean,
): Generator<StatedChunk> {
  let repetitions: number[] = []
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 2) repetitions = readRepetitions(reader)
    else if (field === 4) {
      const groups = reader.listSize()
      for (let group = 0; group < groups; group++) {
        if (group < from || group >= to) reader.skipStruct()
        else yield* chunksOf(reader, repetitions, isWanted)
      }
    } else reader.skip()
  }
}

/** Reads the schema, whose first element is the root. */
function readRepetitions(reader: ThriftReader): number[] {
  const elements = reader.listSize()
  const repetitions: number[] = []
  for (let i = 0; i < elements; i++) {
    let repetition = 0
    for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
      if (field === 3) repetition = reader.readInt()
      else reader.skip()
    }
    if (i > 0) repetitions.push(repetition)
  }
  return repetitions
}

function* chunksOf(
  reader: ThriftReader,
  repetitions: readonly number[],
  isWanted: (column: number) => boolean,
): Generator<StatedChunk> {
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field !== 1) {
      reader.skip()
      continue
    }
    const columns = reader.listSize()
    if (columns !== repetitions.length) throw new RangeError(`a row group has ${columns} columns`)
    for (let column = 0; column < columns; column++) {
      if (isWanted(column)) yield readChunk(reader, column, repetitions[column] as number)
      else reader.skipStruct()
    }
  }
}

function readChunk(reader: ThriftReader, column: number, repetition: number): StatedChunk {
  let chunk: StatedChunk | undefined
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 1) throw new RangeError('a chunk is in another file')
    if (field === 3) chunk = readMetadata(reader, column, repetition)
    else reader.skip()
  }
  if (!chunk) throw new RangeError('a chunk has no metadata')
  return chunk
}

function readMetadata(reader: ThriftReader, column: number, repetition: number): StatedChunk {
  const chunk: StatedChunk = {
    ...{ column, repetition, type: -1, codec: -1, values: -1, start: -1, bytes: -1 },
    ...{ nulls: undefined, bounds: undefined },
  }
  let dictionary = 0
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 1) chunk.type = reader.readInt()
    else if (field === 4) chunk.codec = reader.readInt()
    else if (field === 5) chunk.values = reader.readInt()
    else if (field === 7) chunk.bytes = reader.readInt()
    else if (field === 9) chunk.start = reader.readInt()
    else if (field === 11) dictionary = reader.readInt()
    else if (field === 12) readStatistics(reader, chunk)
    else reader.skip()
  }
  // Some writers put 0 where there is no dictionary.
  if (dictionary > 0 && dictionary < chunk.start) chunk.start = dictionary
  if (chunk.values < 0 || chunk.bytes < 0) throw new RangeError('a chunk has no size')
  return chunk
}

function readStatistics(reader: ThriftReader, chunk: StatedChunk): void {
  let greatest: Uint8Array | undefined
  let least: Uint8Array | undefined
  let exact = true
  for (let field = reader.nextField(0); field !== 0; field = reader.nextField(field)) {
    if (field === 3) chunk.nulls = reader.readInt()
    else if (field === 5) greatest = reader.readBinary()
    else if (field === 6) least = reader.readBinary()
    else {
      if ((field === 7 || field === 8) && !reader.isTrue) exact = false
      reader.skip()
    }
  }
  if (least && greatest && exact) chunk.bounds = { least, greatest }
}
