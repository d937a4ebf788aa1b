/** What the process that crashes uploads. */
export function crashCsv(rows: number): string {
  return `x,y\n${'1,a\n'.repeat(rows)}`
}
