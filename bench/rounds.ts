export const rounds = 5

/** Each round begins with another contestant, so that none always runs in the wake of the same one. */
export function inTurn<T>(contestants: readonly T[], round: number): T[] {
  const first = round % contestants.length
  return [...contestants.slice(first), ...contestants.slice(0, first)]
}

/** So many items for each round; with fewer items than rounds, some rounds have none. */
export function partOf<T>(items: readonly T[], round: number): T[] {
  return items.slice((items.length * round) / rounds, (items.length * (round + 1)) / rounds)
}
