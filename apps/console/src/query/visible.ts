/** Rows that are there above and below what is seen, for fast scrolling. */
const SPARE = 10

/** Returns which rows to render: from `first` to before `end`. */
export function visibleRows(
  scrolled: number,
  height: number,
  rowHeight: number,
  rows: number,
): { first: number; end: number } {
  const first = Math.max(0, Math.min(rows, Math.floor(scrolled / rowHeight)) - SPARE)
  return { first, end: Math.min(rows, Math.ceil((scrolled + height) / rowHeight) + SPARE) }
}

const LONGEST = 42
const SHORTEST = 6
const LOOKED_AT = 200

/** Returns the width of a column in characters, by its name and its first values. */
export function widthOf(name: string, values: readonly string[]): number {
  const longest = values.slice(0, LOOKED_AT).reduce((most, text) => Math.max(most, text.length), name.length)
  return Math.min(LONGEST, Math.max(SHORTEST, longest)) + 3
}
