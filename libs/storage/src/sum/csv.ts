import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { splitInt64 } from '../csv/integers.ts'
import { type Block, lineAt, recordReader as reader } from '../csv/records.ts'
import { StorageError } from '../errors.ts'
import { closeFile, type OpenFile, openFile } from '../files.ts'

const QUOTE = 0x22
const ZERO = 0x30

/**
 * The exact sum of one integer column of a CSV file of `columns` columns. Empty fields add nothing. Throws
 * StorageError `invalid`, with the line, at a field that is no int64 and where the file breaks a rule.
 */
export function sumCsvColumn(
  path: string,
  column: number,
  columns: number,
  cancellation?: Cancellation,
): bigint {
  const file = openFile(path)
  try {
    reader.open(file, 0, columns)
    let sum = 0n
    for (let first = 1; reader.next(); first = 0) {
      throwIfCancelled(cancellation)
      sum += sumBlock(file, reader, column, first)
    }
    return sum
  } finally {
    closeFile(file)
  }
}

const parts = new Float64Array(2)

/** Adds up the records of a block from number `first` on. Sums of 2^15 halves below 10^10 are exact doubles. */
function sumBlock(file: OpenFile, block: Block, column: number, first: number): bigint {
  const { bytes, bounds, records, columns } = block
  let high = 0
  let low = 0
  for (let r = first, i = 2 * (first * columns + column); r < records; r++, i += 2 * columns) {
    let start = bounds[i]
    let end = bounds[i + 1]
    if (start === end) continue
    if (end - start <= 9) {
      const value = shortNumber(bytes, start, end)
      if (value >= 0) {
        low += value
        continue
      }
    }
    if (bytes[start] === QUOTE) {
      start++
      end--
    }
    if (!splitInt64(bytes, start, end, parts)) throw notAnInteger(file, bytes, start, end)
    high += parts[0]
    low += parts[1]
  }
  return BigInt(high) * 1_000_000_000n + BigInt(low)
}

/** The value of at most nine digits; negative if there is anything else. */
function shortNumber(bytes: Uint8Array, start: number, end: number): number {
  let value = 0
  for (let i = start; i < end; i++) {
    const digit = bytes[i] - ZERO
    if (digit >>> 0 > 9) return -1
    value = value * 10 + digit
  }
  return value
}

function notAnInteger(file: OpenFile, bytes: Uint8Array, start: number, end: number): StorageError {
  const line = lineAt(file, reader.filePosition(start))
  const found = Buffer.from(bytes.subarray(start, Math.min(end, start + 40))).toString()
  return new StorageError('invalid', `line ${line}: found "${found}", expected an int64`)
}
