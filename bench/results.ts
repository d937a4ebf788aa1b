import { markdownTable } from './markdown.ts'
import { median } from './times.ts'

/**
 * The measurements: one value a round, for each row and column of the table. Rows and columns are in the
 * order of their first value.
 */
export type Results = Map<string, Map<string, number[]>>

export function record(results: Results, row: string, column: string, ...values: number[]): void {
  const cells = results.get(row) ?? new Map<string, number[]>()
  results.set(row, cells)
  cells.set(column, [...(cells.get(column) ?? []), ...values])
}

/** Formats `median (best)` for each contestant, and the ratio of our median to the best median of the peers. */
export function formatComparison(results: Results): string {
  const [ours = '', ...peers] = columnsOf(results)
  const lines = [...results].map(([row, cells]) => {
    const medians = peers.map(peer => median(cells.get(peer))).filter(value => !Number.isNaN(value))
    return [
      row,
      ...[ours, ...peers].map(contestant => medianAndBest(cells.get(contestant))),
      factor(Math.min(...medians), median(cells.get(ours))),
    ]
  })
  return markdownTable(['', ours, ...peers, 'best peer / ours'], lines)
}

/** Formats `median (best)` for each size, and the ratio to the first size's median. */
export function formatGrowth(results: Results): string {
  const [first = '', ...others] = columnsOf(results)
  const lines = [...results].map(([row, cells]) => {
    const one = cells.get(first)
    return [
      row,
      medianAndBest(one),
      ...others.flatMap(size => [
        medianAndBest(cells.get(size)),
        factor(median(cells.get(size)), median(one)),
      ]),
    ]
  })
  return markdownTable(['', first, ...others.flatMap(size => [size, 'factor'])], lines)
}

function columnsOf(results: Results): Set<string> {
  return new Set([...results.values()].flatMap(cells => [...cells.keys()]))
}

function medianAndBest(values: readonly number[] = []): string {
  return values.length < 2 ? number(values[0]) : `${number(median(values))} (${number(Math.min(...values))})`
}

function factor(value: number, base: number): string {
  const quotient = value / base
  if (!Number.isFinite(quotient)) return '–'
  return `${quotient < 1 ? quotient.toFixed(2) : number(quotient)}x`
}

function number(value: number | undefined): string {
  return value?.toFixed(value < 100 ? 1 : 0) ?? '–'
}
