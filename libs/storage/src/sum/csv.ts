import { EVERY } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { BlockReader, type Range, withBlocks } from '../csv/blockReader.ts'
import { QUOTE } from '../csv/dialect.ts'
import { fieldsFrom } from '../csv/explain.ts'
import { splitInt64 } from '../csv/integers.ts'
import { lineAt } from '../csv/lines.ts'
import { StorageError } from '../errors.ts'
import { closeFile, type OpenFile } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import { openStored } from '../storedFiles.ts'
import { addedDoubles, type DoubleSum } from './doubles.ts'
import { isNumber } from './numbers.ts'

/**
 * With at most this many columns, finding all fields is faster than counting through them to a column in the
 * middle.
 */
const FEW_COLUMNS = 16

/** The wanted part of a stored CSV. */
export interface CsvPart extends Range {
  /** The size of the whole file. */
  bytes: number
}

/**
 * Returns the exact sum of one integer column of a CSV file with `columns` columns, or of the records in a
 * part of it. Empty fields add nothing. Throws StorageError `invalid`, with the line, if a field is not an
 * int64 or the file breaks a rule, `damaged` if the file does not have the size that `part` says.
 */
export function sumCsvColumn(
  path: string,
  column: number,
  columns: number,
  cancellation?: Cancellation,
  part?: CsvPart,
): bigint {
  return sumFile(path, { column, columns, part, cancellation }, integers)
}

/** The same of a column of doubles. */
export function sumCsvDoubles(
  path: string,
  column: number,
  columns: number,
  cancellation?: Cancellation,
  part?: CsvPart,
): DoubleSum {
  return sumFile(path, { column, columns, part, cancellation }, doubles)
}

interface Question {
  column: number
  columns: number
  part: CsvPart | undefined
  cancellation: Cancellation | undefined
}

/** How the kernels add up fields of a type. Both ways to do that return 0 at a field of another one. */
interface Summed<Sum> {
  clear(): void
  fields(at: number, all: number, step: number, columns: number, column: number): number
  firstFields(at: number, all: number): number
  total(): Sum
  /** What a field is expected to be, and whether this text is that. */
  expected: string
  isOne(text: Uint8Array): boolean
}

const integers: Summed<bigint> = {
  clear: () => memory.kernels.clearTotal(),
  fields: (...fields) => memory.kernels.sumFields(...fields),
  firstFields: (...fields) => memory.kernels.sumFirstFields(...fields),
  total: () => {
    const { kernels } = memory
    const halves = (kernels.totalHalves() << 32n) + kernels.totalLow()
    return kernels.totalEights() * 100_000_000n + kernels.totalOnes() + halves
  },
  expected: 'an int64',
  isOne: text => splitInt64(text, 0, text.length, new Float64Array(2)),
}

const doubles: Summed<DoubleSum> = {
  clear: () => memory.kernels.clearDoubles(memory.doubles),
  fields: (...fields) => memory.kernels.sumDoubleFields(memory.doubles, ...fields),
  firstFields: (...fields) => memory.kernels.sumFirstDoubleFields(memory.doubles, ...fields),
  total: () => addedDoubles(),
  expected: 'a double',
  isOne: text => isNumber(Buffer.from(text).toString('latin1')),
}

function sumFile<Sum>(path: string, question: Question, summed: Summed<Sum>): Sum {
  const file = openStored(path, question.part?.bytes)
  try {
    return withBlocks(() => sumRange(file, question, summed))
  } finally {
    closeFile(file)
  }
}

function sumRange<Sum>(
  file: OpenFile,
  { column, columns, part, cancellation }: Question,
  summed: Summed<Sum>,
): Sum {
  const every = column > 1 && column < columns - 1 && columns <= FEW_COLUMNS
  const step = every ? 4 * columns : 4
  const from = part?.from ?? 0
  const whole = { end: part?.to ?? file.size, complete: true }
  // The first field of a line begins where the previous line ends.
  const first = column === 0 && columns > 1
  const scanned = every ? EVERY : first ? columns - 1 : column
  const reader = new BlockReader(file, columns, scanned, from, () => whole)
  const { ends } = memory
  summed.clear()
  let skipped = from === 0 ? 1 : 0 // the header
  while (reader.next()) {
    throwIfCancelled(cancellation)
    const entries = ends + (every ? 4 * column : 0)
    const at = entries + skipped * step
    const all = entries + reader.records * step
    const fine = first ? summed.firstFields(at, all) : summed.fields(at, all, step, columns, column)
    if (!fine) throw unexpectedField(file, reader.start, skipped, columns, column, summed)
    skipped = 0
  }
  return summed.total()
}

/** Says which field of the column is not as expected, from number `first` of the records at and behind `position` on. */
function unexpectedField(
  file: OpenFile,
  position: number,
  first: number,
  columns: number,
  column: number,
  { expected, isOne }: Summed<unknown>,
): Error {
  for (const field of fieldsFrom(file, position, columns).drop(first * columns)) {
    if (field.column !== column) continue
    const quoted = field.bytes[0] === QUOTE ? 1 : 0
    const text = field.bytes.subarray(quoted, field.bytes.length - quoted)
    if (text.length === 0 || isOne(text)) continue
    const found = Buffer.from(field.bytes.subarray(0, 40)).toString()
    const where = `line ${lineAt(file, field.position)}`
    return new StorageError(
      'invalid',
      `${where}: found ${quoted ? found : `"${found}"`}, expected ${expected}`,
    )
  }
  return new Error(`${file.path}: did not find ${expected} behind byte ${position}, and then found it whole`)
}
