/** Chooses `count` of the items, or all if there are fewer, in a random order that the seed decides. */
export function sample<T>(items: readonly T[], count: number, seed: number): T[] {
  const random = generator(seed)
  const shuffled = [...items]
  for (let i = shuffled.length - 1; i > 0; i--) {
    const other = Math.floor(random() * (i + 1))
    const item = shuffled[i] as T
    shuffled[i] = shuffled[other] as T
    shuffled[other] = item
  }
  return shuffled.slice(0, count)
}

/** Returns a generator of numbers from 0 to below 1, by mulberry32. */
function generator(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
