import type { OpenFile } from '../files.ts'
import type { BlockReader } from './blockReader.ts'
import { LineCounter } from './lines.ts'
import { type Misfit, misfitAt, surveyOf } from './misfit.ts'
import type { TextNote } from './textNotes.ts'

interface Tally {
  /** The fields that are not empty. */
  fields: number
  numbers: number
  misfit: Misfit | undefined
  /** The first number that is no integer. */
  fraction: Misfit | undefined
}

/**
 * Counts the numbers of every column of a whole file, whose types are not known yet and whose blocks may be small. A `TextSurvey` is cheaper,
 * but judges by the first block.
 */
export class MisfitSurvey {
  readonly #lines: LineCounter
  readonly #tallies: Tally[]

  constructor(csv: OpenFile, columns: number) {
    this.#lines = new LineCounter(csv)
    this.#tallies = Array.from({ length: columns }, () => ({
      fields: 0,
      numbers: 0,
      misfit: undefined,
      fraction: undefined,
    }))
  }

  add(block: BlockReader): void {
    for (const [column, tally] of this.#tallies.entries()) {
      const { fields, numbers, other, fraction } = surveyOf(block, column)
      tally.fields += fields
      tally.numbers += numbers
      tally.misfit ??= misfitAt(this.#lines, block, other)
      tally.fraction ??= misfitAt(this.#lines, block, fraction)
    }
  }

  /** Returns a note about each column of which more than nine tenths are numbers. Only at the end of the file. */
  finish(): TextNote[] {
    return this.#tallies.flatMap(({ fields, numbers, misfit, fraction }, position) =>
      10 * numbers > 9 * fields ? [{ position, misfit: misfit ?? fraction }] : [],
    )
  }
}
