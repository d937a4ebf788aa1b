// Finds the field because of which a column does not hold integers alone, for messages.
import { EVERY } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { closeFile } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import { withStoredLimits } from '../limits.ts'
import { openStored } from '../storedFiles.ts'
import { BlockReader, withBlocks } from './blockReader.ts'
import { LINE_FEED, QUOTE } from './dialect.ts'
import { readStoredHeader } from './header.ts'
import { LineCounter } from './lines.ts'
import type { CsvColumn } from './values.ts'

/** The first field of a column that is no number, or, if all fields are numbers, the first that is no integer. */
export interface Misfit {
  /** From 1. */
  line: number
  /** The text without its quotes, cut to `MAX_VALUE_BYTES`. */
  value: string
}

const MAX_VALUE_BYTES = 80

/**
 * Returns the misfit of a column of a stored CSV, whatever the column's type, or undefined if every field is an integer or empty. Reads the
 * file up to the misfit.
 */
export function findMisfit(
  path: string,
  { columnIndex, columns, bytes }: Pick<CsvColumn, 'columnIndex' | 'columns' | 'bytes'>,
  cancellation?: Cancellation,
): Misfit | undefined {
  const csv = openStored(path, bytes)
  try {
    return withBlocks(() => {
      const extent = { end: csv.size, complete: true }
      const { end } = withStoredLimits(() => readStoredHeader(csv))
      const block = new BlockReader(csv, columns, EVERY, end, () => extent)
      const lines = new LineCounter(csv)
      let fraction: Misfit | undefined
      while (block.next()) {
        throwIfCancelled(cancellation)
        const survey = surveyOf(block, columnIndex)
        const misfit = misfitAt(lines, block, survey.other)
        if (misfit) return misfit
        fraction ??= misfitAt(lines, block, survey.fraction)
      }
      return fraction
    })
  } finally {
    closeFile(csv)
  }
}

/** What the kernel finds in a column of a block. */
interface Survey {
  /** The number of fields that are neither null nor the empty text. */
  fields: number
  numbers: number
  /** The addresses where the first field that is no number begins and ends; 0 if there is none. */
  other: readonly [number, number]
  /** The same for the first number that is no integer. */
  fraction: readonly [number, number]
}

export function surveyOf({ records, columns }: BlockReader, column: number): Survey {
  const { kernels, bytes, ends } = memory
  const at = kernels.surveyText(ends, records, columns, column)
  const found = new Uint32Array(bytes.buffer, at, 6)
  return { fields: found[0], numbers: found[1], other: [found[2], found[3]], fraction: [found[4], found[5]] }
}

/** Returns the field between two addresses of a block, or undefined if the addresses are 0. */
export function misfitAt(
  lines: LineCounter,
  block: BlockReader,
  [start, end]: readonly [number, number],
): Misfit | undefined {
  if (start === 0) return undefined
  const { bytes } = memory
  let line = lines.lineOf(block.start)
  for (
    let at = bytes.indexOf(LINE_FEED, block.bounds.from);
    at >= 0 && at < start;
    at = bytes.indexOf(LINE_FEED, at + 1)
  )
    line++
  return { line, value: shownText(bytes.subarray(start, end)) }
}

/** Returns the text of a field, cut so that a message or a row of the catalogue can hold it. */
function shownText(field: Uint8Array): string {
  const isQuoted = field[0] === QUOTE
  const inner = isQuoted ? field.subarray(1, -1) : field
  const some = new TextDecoder('utf-8', { ignoreBOM: true }).decode(inner.subarray(0, 2 * MAX_VALUE_BYTES), {
    stream: true,
  })
  const text = isQuoted ? some.replaceAll('""', '"') : some
  // `encodeInto` writes whole characters only.
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_VALUE_BYTES))
  return text.slice(0, read)
}
