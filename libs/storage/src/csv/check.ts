// Finds every problem of a file, where a conversion stops at the first one.
import { isUtf8 } from 'node:buffer'
import { EVERY } from '@table/kernels'
import { StorageError } from '../errors.ts'
import type { OpenFile } from '../files.ts'
import { enlargeBlock, memory, releaseBlock } from '../kernelMemory.ts'
import { limits } from '../limits.ts'
import type { Column, ColumnType } from '../schema.ts'
import { BlockReader, BlockTooSmall, type Range } from './blockReader.ts'
import { CARRIAGE_RETURN, carriageReturnIn } from './dialect.ts'
import { readHeader } from './header.ts'
import { Inference } from './inference.ts'
import { LineCounter } from './lines.ts'
import { MisfitSurvey } from './misfitSurvey.ts'
import { lineEndText, notUtf8Text, type Problem, tooLargeText } from './problems.ts'
import { RecordReader } from './recordReader.ts'
import type { TextNote } from './textNotes.ts'

/** A record that would keep the file from being stored. */
export interface BadRecord {
  /** Of the place where a rule is broken, from 1. */
  line: number
  /** The server's words for the first rule that the record breaks. */
  text: string
  /** The bytes of the record in the file; all bytes to the end of the file if the check ends here. */
  bytes: Range
}

/** What a check finds in the records that break no rule. */
export interface Checked {
  rows: number
  columns: Column[]
  /** Where the records begin. */
  headerEnd: number
  /** What the server would warn of. */
  warnings: readonly string[]
  /** About the text columns that look like numbers. */
  notes: readonly TextNote[]
}

/** Around a broken record so many bytes are read the plain way. */
const PLAIN_BYTES = 256 * 1024

/**
 * Checks a CSV file, with flat memory. Yields every record that breaks a rule, and between them, now and then, how many bytes have been
 * checked. The check goes on at the next record or line, but for a quote that is never closed and a record that is too long: nobody can
 * know where the next record begins. Throws StorageError `invalid` if there is no valid header.
 */
export function* checkCsv(csv: OpenFile): Generator<BadRecord | number, Checked> {
  const { names, end, warnings } = readHeader(csv)
  const inference = new Inference(names.length)
  const survey = new MisfitSurvey(csv, names.length)
  const lines = new LineCounter(csv)
  let rows = 0
  try {
    for (const found of recordsOf(csv, names, end)) {
      if (found instanceof BlockReader) {
        rows += found.records
        inference.add(found)
        survey.add(found)
        yield found.filePosition(found.bounds.to)
      } else yield badRecord(csv, found, lines)
    }
  } finally {
    releaseBlock()
  }
  const types = inference.types()
  const columns = names.map((name, i) => ({ name, type: types[i] as ColumnType }))
  const notes = survey.finish().filter(({ position }) => types[position] === 'text')
  return { rows, columns, headerEnd: end, warnings, notes }
}

function badRecord(csv: OpenFile, { record, position, text, next }: Problem, lines: LineCounter): BadRecord {
  const rest = next === undefined ? '; the rest of the file is not checked' : ''
  return { line: lines.lineOf(position), text: text + rest, bytes: { from: record, to: next ?? csv.size } }
}

/** Yields blocks of records that break no rule, and the problems between them, in the order of the file. */
function* recordsOf(csv: OpenFile, names: readonly string[], from: number): Generator<BlockReader | Problem> {
  const plain = new RecordReader(csv, from, names.length)
  for (let position: number | undefined = from; position !== undefined; ) {
    const broken: number | undefined = yield* blocksOf(csv, names.length, { from: position, to: csv.size })
    position = broken === undefined ? undefined : yield* plainRecords(csv, plain, names, broken)
  }
}

/**
 * Yields the blocks of a part of the file. Returns where the first block begins that may break a rule, or undefined if there is none.
 * `known`: the plain scan has seen that the records break no rule.
 */
function* blocksOf(
  csv: OpenFile,
  columns: number,
  { from, to }: Range,
  known = false,
): Generator<BlockReader, number | undefined> {
  const extent = { end: to, complete: true }
  const readerAt = (position: number) => new BlockReader(csv, columns, EVERY, position, () => extent)
  let reader = readerAt(from)
  for (;;) {
    try {
      const found = reader.tryNext()
      if (found === false) return undefined
      if (found === undefined || !(known || isClean(reader))) return reader.start
    } catch (error) {
      if (error instanceof BlockTooSmall) {
        const { start } = reader
        enlargeBlock()
        reader = readerAt(start)
        continue
      }
      // A record that is too long.
      if (error instanceof StorageError && error.code === 'invalid') return reader.start
      throw error
    }
    yield reader
  }
}

function isClean({ records, columns, bounds: { from, to } }: BlockReader): boolean {
  const { kernels, ends, bytes } = memory
  if (!kernels.everyRecordHas(columns, records, ends) || kernels.scanStrayCr()) return false
  return to - from <= limits.fieldBytes && isUtf8(bytes.subarray(from, to))
}

/** Yields the blocks of records that break no rule. */
function* knownBlocks(csv: OpenFile, columns: number, range: Range): Generator<BlockReader> {
  if (range.from === range.to) return
  const broken = yield* blocksOf(csv, columns, range, true)
  if (broken !== undefined)
    throw new Error(`${csv.path}: found whole records behind byte ${broken}, and then found one broken`)
}

/**
 * Reads records the plain way, from a block that may break a rule to some way behind it. Yields problems and the blocks between them.
 * Returns where to go on, or undefined at the end of the file or where nobody can know.
 */
function* plainRecords(
  csv: OpenFile,
  reader: RecordReader,
  names: readonly string[],
  from: number,
): Generator<BlockReader | Problem, number | undefined> {
  reader.skipTo(from)
  let good = from
  for (;;) {
    const found = reader.read()
    const problems = found === true ? problemsIn(csv, reader, names) : found === false ? [] : [found]
    for (const problem of problems) {
      yield* knownBlocks(csv, names.length, { from: good, to: problem.record })
      yield problem
      if (problem.next === undefined) return undefined
      good = problem.next
    }
    if (typeof found !== 'boolean') reader.skipTo(good)
    if (found !== false && reader.end < from + PLAIN_BYTES) continue
    yield* knownBlocks(csv, names.length, { from: good, to: reader.end })
    return found === false ? undefined : reader.end
  }
}

/** Yields the first problem of each record of a block whose fields the scanner has found. */
function* problemsIn(csv: OpenFile, block: RecordReader, names: readonly string[]): Generator<Problem> {
  const { bytes, bounds, records, columns } = block
  const startOf = (record: number) => bounds[2 * columns * record] as number
  for (let record = 0; record < records; record++) {
    const start = startOf(record)
    const end = bounds[2 * columns * (record + 1) - 1] as number
    const whole = bytes.subarray(start, end)
    if (isUtf8(whole) && whole.length <= limits.fieldBytes && !whole.includes(CARRIAGE_RETURN)) continue
    const found = fieldProblem(csv, block, record, names)
    if (!found) continue
    const next = record + 1 < records ? block.filePosition(startOf(record + 1)) : block.end
    yield { record: block.filePosition(start), ...found, next }
  }
}

function fieldProblem(
  csv: OpenFile,
  block: RecordReader,
  record: number,
  names: readonly string[],
): Pick<Problem, 'position' | 'text'> | undefined {
  const { bounds, columns } = block
  for (const [column, name] of names.entries()) {
    const at = 2 * (columns * record + column)
    const start = bounds[at] as number
    const field = block.bytes.subarray(start, bounds[at + 1])
    const position = block.filePosition(start)
    const cr = carriageReturnIn(field)
    if (cr >= 0) return { position: position + cr, text: lineEndText(csv, position + cr) }
    if (field.length > limits.fieldBytes)
      return { position, text: tooLargeText(name, field.length, limits.fieldBytes) }
    if (!isUtf8(field)) return { position, text: notUtf8Text(name, field) }
  }
  return undefined
}
