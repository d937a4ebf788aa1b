import { setImmediate as turn } from 'node:timers/promises'
import { type Checked, checkCsv, type OpenFile, StorageError } from '@table/storage'
import { CliError, oneLine } from '../errors.ts'
import type { Row } from '../printTable.ts'

/** What is told of a file: a row for each problem, then a row for each column, with its type and the records without problems. */
export const checkColumns = ['file', 'line', 'column', 'type', 'rows', 'problem']

/** How many bytes are checked before other tasks get a turn. */
const TURN_BYTES = 4 * 1024 * 1024

/** What is found in a file. */
export interface Findings {
  problems: number
  /** Undefined before the end, and for a file without a valid header. */
  checked?: Checked
}

/**
 * Checks a file and yields the rows about it. Keeps `findings` up to date, and calls `onChecked` with the bytes so far. Throws CliError if the
 * file cannot be read.
 */
export async function* checkRows(
  csv: OpenFile,
  findings: Findings,
  onChecked: (bytes: number) => void,
): AsyncGenerator<Row> {
  const file = csv.path
  const problemRow = (line: number | null, problem: string): Row => {
    findings.problems++
    return { file, line, column: null, type: null, rows: null, problem }
  }
  let turnAt = TURN_BYTES
  try {
    const steps = checkCsv(csv)
    let step = steps.next()
    for (; !step.done; step = steps.next())
      if (typeof step.value !== 'number') yield problemRow(step.value.line, wordsOf(step.value.text))
      else {
        onChecked(step.value)
        if (step.value < turnAt) continue
        turnAt = step.value + TURN_BYTES
        await turn()
      }
    findings.checked = step.value
  } catch (error) {
    if (!(error instanceof StorageError)) throw error
    if (error.code !== 'invalid') throw new CliError(oneLine(error.message), { cause: error })
    const { line, text = error.message } = /^line (?<line>\d+)(?<text>.*)$/s.exec(error.message)?.groups ?? {}
    yield problemRow(line === undefined ? null : Number(line), `${wordsOf(text)}; nothing else is checked`)
    return
  }
  const { columns, rows } = findings.checked
  for (const { name, type } of columns) yield { file, line: null, column: name, type, rows, problem: null }
}

/** The server's words after the number of the line begin with a comma or a colon. */
function wordsOf(text: string): string {
  return oneLine(text.replace(/^[,:] /, ''))
}

/** Returns what the server would warn of, and which text columns nearly hold numbers. */
export function warningsOf({ warnings, notes, columns }: Checked): string[] {
  const about = notes.map(({ position, misfit }) => {
    const column = `column "${columns[position]?.name}" is text`
    return misfit
      ? `${column}, and more than nine tenths of it are numbers: line ${misfit.line} has "${misfit.value}"`
      : `${column}, and all of its fields are integers: some have zeros, signs or spaces that a number would lose, or are too large`
  })
  return [...warnings, ...about].map(oneLine)
}
