// Notes about text columns that look like numbers. A sum needs to know which of these columns hold integers alone, and which field spoils
// the others.
import type { OpenFile } from '../files.ts'
import type { Column } from '../schema.ts'
import type { BlockReader } from './blockReader.ts'
import { LineCounter } from './lines.ts'
import { type Misfit, misfitAt, surveyOf } from './misfit.ts'

/** A note about a text column that looks like numbers. */
export interface TextNote {
  /** The position of the column, from 0. */
  position: number
  /** Undefined if every field is an integer or null. */
  misfit: Misfit | undefined
}

/** What the blocks so far have of a column. */
interface Findings {
  misfit?: Misfit | undefined
  /** The first number that is no integer. */
  fraction?: Misfit | undefined
}

/**
 * Looks at the text columns of a file, block by block. A column looks like numbers if over nine tenths of the fields in its first block
 * are numbers. A column of words therefore costs nothing after its first block, and `findMisfit` has to read no further either.
 */
export class TextSurvey {
  readonly #lines: LineCounter
  /** The columns that look like numbers. */
  readonly #findings = new Map<number, Findings>()
  /** The columns that have no field or only numbers so far. */
  #open: number[]

  constructor(csv: OpenFile, columns: readonly Column[]) {
    this.#lines = new LineCounter(csv)
    this.#open = columns.flatMap(({ type }, position) => (type === 'text' ? [position] : []))
  }

  add(block: BlockReader): void {
    if (this.#open.length === 0) return
    this.#open = this.#open.filter(column => {
      const survey = surveyOf(block, column)
      if (survey.fields === 0) return true
      let found = this.#findings.get(column)
      if (!found) {
        if (10 * survey.numbers <= 9 * survey.fields) return false
        found = {}
        this.#findings.set(column, found)
      }
      found.fraction ??= misfitAt(this.#lines, block, survey.fraction)
      found.misfit = misfitAt(this.#lines, block, survey.other)
      return found.misfit === undefined
    })
  }

  /** Returns the notes about all columns that look like numbers. Only at the end of the file. */
  finish(): TextNote[] {
    return Array.from(this.#findings, ([position, { misfit, fraction }]) => ({
      position,
      misfit: misfit ?? fraction,
    }))
  }
}
