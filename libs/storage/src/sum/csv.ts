import { EVERY } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { BlockReader, type Range, withBlocks } from '../csv/blockReader.ts'
import { QUOTE } from '../csv/dialect.ts'
import { fieldsFrom, lineAt } from '../csv/explain.ts'
import { splitInt64 } from '../csv/integers.ts'
import { StorageError } from '../errors.ts'
import { closeFile, type OpenFile } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import { openStored } from '../storedFiles.ts'

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
  const file = openStored(path, part?.bytes)
  try {
    return withBlocks(() => sumRange(file, column, columns, part, cancellation))
  } finally {
    closeFile(file)
  }
}

function sumRange(
  file: OpenFile,
  column: number,
  columns: number,
  part: CsvPart | undefined,
  cancellation: Cancellation | undefined,
): bigint {
  const every = column > 1 && column < columns - 1 && columns <= FEW_COLUMNS
  const step = every ? 4 * columns : 4
  const from = part?.from ?? 0
  const whole = { end: part?.to ?? file.size, complete: true }
  // The first field of a line begins where the previous line ends.
  const first = column === 0 && columns > 1
  const scanned = every ? EVERY : first ? columns - 1 : column
  const reader = new BlockReader(file, columns, scanned, from, () => whole)
  const { kernels, ends } = memory
  kernels.clearTotal()
  let skipped = from === 0 ? 1 : 0 // the header
  while (reader.next()) {
    throwIfCancelled(cancellation)
    const entries = ends + (every ? 4 * column : 0)
    const at = entries + skipped * step
    const all = entries + reader.records * step
    const fine = first ? kernels.sumFirstFields(at, all) : kernels.sumFields(at, all, step, columns, column)
    if (!fine) throw notAnInteger(file, reader.start, skipped, columns, column)
    skipped = 0
  }
  const halves = (kernels.totalHalves() << 32n) + kernels.totalLow()
  return kernels.totalEights() * 100_000_000n + kernels.totalOnes() + halves
}

/** Says which field of the column is no int64, from number `first` of the records at and behind `position` on. */
function notAnInteger(
  file: OpenFile,
  position: number,
  first: number,
  columns: number,
  column: number,
): Error {
  const parts = new Float64Array(2)
  for (const field of fieldsFrom(file, position, columns).drop(first * columns)) {
    if (field.column !== column || field.bytes.length === 0) continue
    const quoted = field.bytes[0] === QUOTE ? 1 : 0
    if (splitInt64(field.bytes, quoted, field.bytes.length - quoted, parts)) continue
    const found = Buffer.from(field.bytes.subarray(0, 40)).toString()
    const where = `line ${lineAt(file, field.position)}`
    return new StorageError('invalid', `${where}: found ${quoted ? found : `"${found}"`}, expected an int64`)
  }
  return new Error(`${file.path}: found no int64 behind byte ${position}, and then found it whole`)
}
