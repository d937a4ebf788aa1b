export const rounds = 5

/**
 * Orders the contestants for a round. Each round begins with another contestant, so that none always runs
 * right after the same one.
 */
export function inTurn<T>(contestants: readonly T[], round: number): T[] {
  const first = round % contestants.length
  return [...contestants.slice(first), ...contestants.slice(0, first)]
}

/** Returns the items of a round. With fewer items than rounds, some rounds have none. */
export function partOf<T>(items: readonly T[], round: number): T[] {
  return items.slice((items.length * round) / rounds, (items.length * (round + 1)) / rounds)
}
