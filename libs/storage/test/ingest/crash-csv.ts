/** Returns what the crashing process uploads. */
export function crashCsv(rows: number): string {
  return `x,y\n${'1,a\n'.repeat(rows)}`
}
