import { type ColumnDescription, type Format, stats, sum } from '../api/client.ts'
import { ApiError, messageOf } from '../api/problem.ts'

export const formats: readonly Format[] = ['csv', 'parquet']
export const names: Record<Format, string> = { csv: 'CSV', parquet: 'Parquet' }

/** The sums of the columns in a format, and what they took. */
export interface Run {
  format: Format
  /** In ms, of all columns together. */
  took: number
}

export interface Answer {
  column: string
  format: Format
  /** Exact, so it stays a text. */
  total?: string
  error?: string
  /** Whether there are doubles, whose exact sum is rounded at the end. */
  isRounded: boolean
  /** The shortest time so far, in ms. */
  took: number
}

/** Asks for the sums of the columns, one after the other, so that each time is that of one sum. */
export async function measure(
  columns: readonly ColumnDescription[],
  format: Format,
  signal: AbortSignal,
): Promise<{ run: Run; answers: Answer[] }> {
  const answers: Answer[] = []
  for (const column of columns) answers.push(await answerOf(column, format, signal))
  return { run: { format, took: answers.reduce((sum, { took }) => sum + took, 0) }, answers }
}

/** Columns whose sum is no int64, as the server has said. */
const large = new Set<string>()

/** Asks for a sum of 64 bits, or for the statistics, which have a sum of any size and of doubles. */
async function answerOf(column: ColumnDescription, format: Format, signal: AbortSignal): Promise<Answer> {
  const { name, types } = column
  const isRounded = types.some(({ type }) => type === 'double')
  const before = performance.now()
  const answer = { column: name, format, isRounded }
  try {
    const total =
      isRounded || large.has(name)
        ? (await stats(name, format, signal)).sum
        : (await sum(name, format, signal)).total
    const took = performance.now() - before
    return total === ''
      ? { ...answer, took, error: 'The column does not hold numbers alone.' }
      : { ...answer, took, total }
  } catch (error) {
    if (error instanceof ApiError && error.status === 422 && /outside int64/.test(error.message)) {
      large.add(name)
      return answerOf(column, format, signal)
    }
    if (!(error instanceof ApiError)) throw error
    return { ...answer, took: performance.now() - before, error: messageOf(error) }
  }
}

/** Keeps the newest answer for each column and format, with its shortest time. */
export function merged(before: readonly Answer[], answers: readonly Answer[]): Answer[] {
  const isSame = (a: Answer, b: Answer) => a.column === b.column && a.format === b.format
  const kept = before.filter(old => !answers.some(answer => isSame(old, answer)))
  return [
    ...kept,
    ...answers.map(answer => ({
      ...answer,
      took: Math.min(answer.took, before.find(old => isSame(old, answer))?.took ?? Number.POSITIVE_INFINITY),
    })),
  ]
}

/** The times of each format side by side, as the chart has them: runs from 1 on, in ms. */
export function sideBySide(runs: readonly Run[]): [number[], (number | null)[], (number | null)[]] {
  const of = (format: Format) => runs.filter(run => run.format === format).map(({ took }) => took)
  const [csv, parquet] = [of('csv'), of('parquet')]
  const length = Math.max(csv.length, parquet.length)
  const padded = (times: number[]) => Array.from({ length }, (_, i) => times[i] ?? null)
  return [Array.from({ length }, (_, i) => i + 1), padded(csv), padded(parquet)]
}
