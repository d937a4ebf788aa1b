// Text columns that look like numbers: sums want to know which of them hold integers alone, and which field spoils the others.
import type { OpenFile } from '../files.ts'
import type { Column } from '../schema.ts'
import type { BlockReader } from './blockReader.ts'
import { LineCounter, type Misfit, surveyOf } from './misfit.ts'

/** What is known of a text column that looks like numbers. */
export interface TextNote {
  /** Of the column, from 0. */
  position: number
  /** Undefined where every field is an integer or null. */
  misfit: Misfit | undefined
}

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
