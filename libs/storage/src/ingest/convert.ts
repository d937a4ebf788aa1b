import { isUtf8 } from 'node:buffer'
import { EVERY } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import type { Checksums } from '../catalogue/upload.ts'
import { BlockReader, type Extent, withBlocks } from '../csv/blockReader.ts'
import { explainLineEnds, explainProblem, fieldsFrom } from '../csv/explain.ts'
import { type Header, readHeader, readStoredHeader } from '../csv/header.ts'
import { guessTypes, Inference } from '../csv/inference.ts'
import { notUtf8Text, refusal, tooLargeText } from '../csv/problems.ts'
import { SectionChecksums } from '../csv/sections.ts'
import { type TextNote, TextSurvey } from '../csv/textNotes.ts'
import { damagedFile, StorageError } from '../errors.ts'
import { closeFile, createFile, type OpenFile, openFile } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import { limits } from '../limits.ts'
import { releaseRowGroup } from '../parquet/rowGroup.ts'
import { ParquetWriter } from '../parquet/writer.ts'
import type { Column, ColumnType } from '../schema.ts'

export interface Converted {
  rows: number
  columns: Column[]
  /**
   * Positions in the CSV, in bytes, where a record begins: about `CUT_BYTES` apart, for readers that share
   * the file.
   */
  csvCuts: number[]
  parquetBytes: number
  /** The bytes of the Parquet file from its footer to its end. */
  footerBytes: number
  rowGroups: number
  /** The CRC-32 of these bytes, as an int32. The format has none for them. */
  footerCrc: number
  checksums: Checksums
  /** About the text columns that look like numbers. */
  notes: readonly TextNote[]
  /** What the client should know about the file. */
  warnings: readonly string[]
}

const CUT_BYTES = 4 * 1024 * 1024

/** More columns than this take more memory than each worker has. */
const WIDE_COLUMNS = 1000

/**
 * Writes the CSV file at `csvPath` as a Parquet file at `parquetPath`, and syncs neither. Throws StorageError
 * `invalid` if the CSV breaks a rule; then the Parquet file is useless.
 *
 * The types are guessed from the first fields, and the file is written in one pass. A field that contradicts
 * the guess costs two more passes: one to infer the types from every field, one to write. Throws StorageError
 * `heavy` if the conversion would take much memory and is not `alone`.
 */
export function convertCsv(
  csvPath: string,
  parquetPath: string,
  cancellation?: Cancellation,
  alone = true,
): Converted {
  return withCsv(csvPath, readHeader, alone, (csv, header) =>
    convertWhole({ csv, header, extend: wholeOf(csv), cancellation, stored: false }, parquetPath),
  )
}

/**
 * The same for the CSV of a stored upload. An earlier release may have taken a file that is refused today, and may have given its
 * columns other names and types than today's rules would: where they are known, the new Parquet file has these `columns`.
 */
export function convertStoredCsv(
  csvPath: string,
  parquetPath: string,
  columns?: readonly Column[],
): Converted {
  return withCsv(csvPath, readStoredHeader, true, (csv, header) => {
    const source = { csv, header, extend: wholeOf(csv), cancellation: undefined, stored: true }
    if (!columns) return convertWhole(source, parquetPath)
    const names = columns.map(({ name }) => name)
    const types = columns.map(({ type }) => type)
    const converted = writeParquet({ ...source, header: { ...header, names } }, parquetPath, types)
    if (!converted) throw damagedFile(csvPath, 'has a field that is not of the type of its column')
    return converted
  })
}

/**
 * Converts a file that is still growing; `extend` waits for more, as `BlockReader` says. Returns undefined if
 * that is not possible for any reason: `convertCsv` will do it once the file is complete, or say why not.
 */
export function convertGrowingCsv(
  csvPath: string,
  parquetPath: string,
  extend: (wanted: number) => Extent,
  cancellation?: Cancellation,
): Converted | undefined {
  try {
    return withCsv(csvPath, readHeader, false, (csv, header) =>
      writeParquet({ csv, header, extend, cancellation, stored: false }, parquetPath),
    )
  } catch {
    return undefined
  }
}

interface Source {
  csv: OpenFile
  header: Header
  extend: (wanted: number) => Extent
  cancellation: Cancellation | undefined
  /** It is the CSV of a stored upload: what was taken once is not refused. */
  stored: boolean
}

const wholeOf = (csv: OpenFile) => () => ({ end: csv.size, complete: true })

function withCsv<T>(
  path: string,
  read: (csv: OpenFile) => Header,
  alone: boolean,
  convert: (csv: OpenFile, header: Header) => T,
): T {
  const csv = openFile(path)
  try {
    const header = read(csv)
    if (!alone && header.names.length > WIDE_COLUMNS)
      throw new StorageError('heavy', `it has ${header.names.length} columns`)
    return withBlocks(() => convert(csv, header), alone)
  } finally {
    closeFile(csv)
  }
}

function convertWhole(source: Source, parquetPath: string): Converted {
  return (
    writeParquet(source, parquetPath) ?? (writeParquet(source, parquetPath, inferTypes(source)) as Converted)
  )
}

/** `typed`: the columns have types already. */
function* readBlocks(
  { csv, header, extend, cancellation, stored }: Source,
  typed: boolean,
): Generator<BlockReader> {
  const columns = header.names.length
  const reader = new BlockReader(csv, columns, EVERY, header.end, extend, stored && typed)
  while (reader.next()) {
    throwIfCancelled(cancellation)
    const whole = memory.kernels.everyRecordHas(columns, reader.records, memory.ends)
    if (!whole) throw explainProblem(csv, reader.start, columns)
    if (!stored && memory.kernels.scanStrayCr()) throw explainLineEnds(csv, reader.start, columns)
    checkFieldSizes(csv, reader, header.names)
    yield reader
  }
}

/** A field can only exceed the limit if the whole block does. */
function checkFieldSizes(csv: OpenFile, block: BlockReader, names: readonly string[]): void {
  const { from, to } = block.bounds
  const { fieldBytes } = limits
  if (to - from <= fieldBytes) return
  const fields = block.records * names.length
  const ends = new Uint32Array(memory.bytes.buffer, memory.ends - 4, fields + 1)
  // Between two separators there is a field, perhaps with blank lines before it and a CR after it.
  let longest = 0
  for (let i = 1; i < ends.length; i++)
    longest = Math.max(longest, (ends[i] as number) - (ends[i - 1] as number) - 1)
  if (longest <= fieldBytes) return
  let looked = 0
  for (const { column, bytes, position } of fieldsFrom(csv, block.start, names.length)) {
    if (bytes.length > fieldBytes)
      throw refusal(csv, { position, text: tooLargeText(names[column], bytes.length, fieldBytes) })
    if (++looked === fields) return
  }
}

function inferTypes(source: Source): ColumnType[] {
  const inference = new Inference(source.header.names.length)
  for (const block of readBlocks(source, false)) inference.add(block)
  return inference.types()
}

/**
 * Writes the Parquet file. Unknown types are guessed from the first block. Returns undefined if a field is
 * not of its column's type.
 */
function writeParquet(source: Source, path: string, known?: ColumnType[]): Converted | undefined {
  const { names } = source.header
  const blocks = readBlocks(source, known !== undefined)
  const first = blocks.next()
  const types =
    known ?? guessTypes(first.value ?? { records: 0, columns: names.length, stored: false, skipped: 0 })
  const columns = names.map((name, i) => ({ name, type: types[i] as ColumnType }))
  const file = createFile(path)
  const writer = new ParquetWriter(file, columns)
  try {
    const sections = new SectionChecksums(source.csv)
    const survey = new TextSurvey(source.csv, columns)
    const csvCuts: number[] = []
    for (let next = first; !next.done; next = blocks.next()) {
      const block = next.value
      if (block.start >= (csvCuts.at(-1) ?? 0) + CUT_BYTES) {
        csvCuts.push(block.start)
        sections.endSection(block)
      }
      sections.add(block)
      if (!writer.append(block)) return undefined
      checkText(source.csv, block, columns)
      survey.add(block)
    }
    const { bytes: parquetBytes, footerBytes, footerCrc, checksum: parquet } = writer.finish()
    const { rows, rowGroups } = writer
    const checksums = { csv: sections.finish(), parquet }
    const { warnings } = source.header
    const notes = survey.finish()
    return {
      rows,
      columns,
      csvCuts,
      parquetBytes,
      footerBytes,
      rowGroups,
      footerCrc,
      checksums,
      notes,
      warnings,
    }
  } finally {
    writer.close()
    closeFile(file)
    releaseRowGroup(columns.length)
  }
}

/** Only text columns can hold bytes that are not UTF-8, because the other types are ASCII. */
function checkText(csv: OpenFile, block: BlockReader, columns: Column[]): void {
  if (columns.every(({ type }) => type !== 'text')) return
  const { from, to } = block.bounds
  if (isUtf8(memory.bytes.subarray(from, to))) return
  for (const { column, bytes, position } of fieldsFrom(csv, block.start, columns.length)) {
    if (!isUtf8(bytes)) throw refusal(csv, { position, text: notUtf8Text(columns[column]?.name, bytes) })
  }
}
