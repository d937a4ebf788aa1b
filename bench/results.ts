/** What was measured: for each row of the table, for each contestant, one value a round. Rows stand in the order of their first value. */
export type Results = Map<string, Map<string, number[]>>

export function record(results: Results, row: string, contestant: string, value: number): void {
  const cells = results.get(row) ?? new Map<string, number[]>()
  results.set(row, cells)
  cells.set(contestant, [...(cells.get(contestant) ?? []), value])
}

/**
 * A Markdown table: `median (best)` for each contestant, and behind each but the first the first's median divided by its
 * median. A contestant without a value has a dash.
 */
export function formatTable(results: Results, contestants: readonly string[]): string {
  const [ours, ...peers] = contestants
  if (ours === undefined) throw new Error('a table needs a contestant')
  const header = ['', ours, ...peers.flatMap(peer => [peer, 'ratio'])]
  const lines = [...results].map(([row, cells]) => {
    const ratio = (peer: string) => (median(cells.get(ours)) / median(cells.get(peer))).toFixed(2)
    const columns = peers.flatMap(peer => [cell(cells.get(peer)), cells.has(peer) ? ratio(peer) : '–'])
    return [row, cell(cells.get(ours)), ...columns]
  })
  const widths = header.map((_, column) =>
    Math.max(...[header, ...lines].map(line => line[column]?.length ?? 0)),
  )
  const format = (line: string[]) =>
    `| ${line.map((text, i) => (i === 0 ? text.padEnd(widths[i] ?? 0) : text.padStart(widths[i] ?? 0))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => '-'.repeat(width + 1) + (i === 0 ? '-' : ':')).join('|')}|`
  return [format(header), rule, ...lines.map(format)].join('\n')
}

function cell(values: readonly number[] | undefined): string {
  if (values === undefined) return '–'
  const middle = rounded(median(values))
  return values.length === 1 ? middle : `${middle} (${rounded(Math.min(...values))})`
}

function rounded(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0)
}

function median(values: readonly number[] = []): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1
    ? (sorted[middle] ?? Number.NaN)
    : ((sorted[middle - 1] ?? Number.NaN) + (sorted[middle] ?? Number.NaN)) / 2
}
