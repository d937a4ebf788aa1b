// Text columns that look like numbers: sums want to know which of them hold integers alone, and which field spoils the others.
import { EVERY } from '@table/kernels'
import { closeFile, type OpenFile } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import { withStoredLimits } from '../limits.ts'
import type { Column } from '../schema.ts'
import { openStored } from '../storedFiles.ts'
import { BlockReader, withBlocks } from './blockReader.ts'
import { LINE_FEED, QUOTE } from './dialect.ts'
import { lineAt } from './explain.ts'
import { readHeader } from './header.ts'

/** What is known of a text column that looks like numbers. */
export interface TextNote {
  /** Of the column, from 0. */
  position: number
  /** Undefined where every field is an integer or null. */
  misfit: Misfit | undefined
}

/** The first field that keeps a text column from being numbers; where all are numbers, the first that is no integer. */
export interface Misfit {
  /** From 1. */
  line: number
  /** Without its quotes, cut to `MAX_VALUE_BYTES`. */
  value: string
}

const MAX_VALUE_BYTES = 80

/** What is found in a column so far. */
interface Findings {
  misfit?: Misfit | undefined
  /** The first number that is no integer. */
  fraction?: Misfit | undefined
}

/**
 * Looks at the text columns of a file, block by block. A column looks like numbers if over nine tenths of its fields in its first block
 * are. A column of words costs nothing after that block, and has a misfit in it, which is found again as fast.
 */
export class TextSurvey {
  readonly #csv: OpenFile
  /** Columns that look like numbers. */
  readonly #findings = new Map<number, Findings>()
  /** Columns that have no field yet, or numbers alone. */
  #open: number[]

  constructor(csv: OpenFile, columns: readonly Column[]) {
    this.#csv = csv
    this.#open = columns.flatMap(({ type }, position) => (type === 'text' ? [position] : []))
  }

  add(block: BlockReader): void {
    if (this.#open.length === 0) return
    const lines = new LineCounter(this.#csv, block)
    this.#open = this.#open.filter(column => {
      const survey = surveyOf(block, column)
      if (survey.fields === 0) return true
      let found = this.#findings.get(column)
      if (!found) {
        if (10 * survey.numbers <= 9 * survey.fields) return false
        found = {}
        this.#findings.set(column, found)
      }
      found.fraction ??= lines.misfitAt(survey.fraction)
      found.misfit = lines.misfitAt(survey.other)
      return found.misfit === undefined
    })
  }

  /** The notes of those columns that look like numbers, by position. */
  finish(): TextNote[] {
    return Array.from(this.#findings, ([position, { misfit, fraction }]) => ({
      position,
      misfit: misfit ?? fraction,
    }))
  }
}

/** The misfit of a column of a stored CSV of `columns` columns; undefined where every field is an integer or null. */
export function findMisfit(path: string, column: number, columns: number): Misfit | undefined {
  const csv = openStored(path, undefined)
  try {
    return withBlocks(() => {
      const extent = { end: csv.size, complete: true }
      const { end } = withStoredLimits(() => readHeader(csv))
      const block = new BlockReader(csv, columns, EVERY, end, () => extent)
      let fraction: Misfit | undefined
      while (block.next()) {
        const lines = new LineCounter(csv, block)
        const survey = surveyOf(block, column)
        const misfit = lines.misfitAt(survey.other)
        if (misfit) return misfit
        fraction ??= lines.misfitAt(survey.fraction)
      }
      return fraction
    })
  } finally {
    closeFile(csv)
  }
}

/** What the kernel finds in a column of a block. */
interface Survey {
  /** Those that are neither null nor the empty text. */
  fields: number
  numbers: number
  /** The addresses where the first field that is no number begins and ends; 0 if there is none. */
  other: readonly [number, number]
  /** The same of the first number that is no integer. */
  fraction: readonly [number, number]
}

function surveyOf({ records, columns }: BlockReader, column: number): Survey {
  const { kernels, bytes, ends } = memory
  const at = kernels.surveyText(ends, records, columns, column)
  const [fields, numbers, a, b, c, d] = new Uint32Array(bytes.buffer, at, 6)
  return { fields, numbers, other: [a, b], fraction: [c, d] }
}

/** Tells in which lines of the file the fields of a block are. */
class LineCounter {
  readonly #csv: OpenFile
  readonly #block: BlockReader
  /** The line of the block's first record, once it was counted: that takes reading all that is in front. */
  #first: number | undefined

  constructor(csv: OpenFile, block: BlockReader) {
    this.#csv = csv
    this.#block = block
  }

  /** The field between two addresses; undefined if there is none. */
  misfitAt([start, end]: readonly [number, number]): Misfit | undefined {
    if (start === 0) return undefined
    const { from } = this.#block.bounds
    this.#first ??= lineAt(this.#csv, this.#block.start)
    let line = this.#first
    const { bytes } = memory
    for (
      let at = bytes.indexOf(LINE_FEED, from);
      at >= 0 && at < start;
      at = bytes.indexOf(LINE_FEED, at + 1)
    )
      line++
    return { line, value: shownText(bytes.subarray(start, end)) }
  }
}

/** The text of a field, cut to so many bytes that an error or a row can hold it. */
function shownText(field: Uint8Array): string {
  const isQuoted = field[0] === QUOTE
  const inner = isQuoted ? field.subarray(1, -1) : field
  const some = new TextDecoder('utf-8', { ignoreBOM: true }).decode(inner.subarray(0, 2 * MAX_VALUE_BYTES), {
    stream: true,
  })
  const text = isQuoted ? some.replaceAll('""', '"') : some
  if (Buffer.byteLength(text) <= MAX_VALUE_BYTES) return text
  // `encodeInto` writes whole characters alone.
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MAX_VALUE_BYTES))
  return text.slice(0, read)
}
