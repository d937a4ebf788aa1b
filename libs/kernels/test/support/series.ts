import fc from 'fast-check'

/** Numbers of values around the ends of a group of 8, a miniblock of 32 or a block of 128. */
const counts = fc.oneof(
  fc.constantFrom(
    1,
    2,
    3,
    7,
    8,
    9,
    15,
    16,
    17,
    31,
    32,
    33,
    34,
    63,
    64,
    65,
    66,
    96,
    97,
    98,
    127,
    128,
    129,
    130,
    131,
  ),
  fc.constantFrom(160, 161, 162, 255, 256, 257, 258, 259, 385),
  fc.integer({ min: 1, max: 300 }),
)

/**
 * Values of `bits` bits as columns have them: constant, counting, close together, anything. A series consists
 * of a few such stretches.
 */
export function series(bits: 32 | 64): fc.Arbitrary<bigint[]> {
  const stretch = fc.record({
    start: fc.oneof(
      fc.constantFrom(0n, -1n, 2n ** 31n - 1n, -(2n ** 31n), 2n ** 63n - 1n, -(2n ** 63n)),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    ),
    step: fc.oneof(
      fc.constantFrom(0n, 1n, -1n, 2n ** 23n, 2n ** 55n, -(2n ** 55n), 2n ** 62n, 2n ** 63n),
      fc.bigInt({ min: -1000n, max: 1000n }),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    ),
    /** The bits of the random number that is added to each value; zero in half of the cases. */
    width: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: bits })),
    /** Whether the random numbers accumulate. */
    walk: fc.boolean(),
    seed: fc.integer(),
  })
  const lengths = fc.tuple(counts, fc.constantFrom(1, 1, 2, 3))
  return fc.tuple(lengths, fc.tuple(stretch, stretch, stretch)).map(([[count, parts], stretches]) => {
    const values: bigint[] = []
    for (const [i, { start, step, width, walk, seed }] of stretches.slice(0, parts).entries()) {
      const random = randomBits(seed)
      let value = start
      const end = Math.ceil((count * (i + 1)) / parts)
      while (values.length < end) {
        const noise = width === 0 ? 0n : BigInt.asUintN(width, random())
        if (walk) value += noise
        values.push(BigInt.asIntN(bits, walk ? value : value + noise))
        value += step
      }
    }
    return values
  })
}

/** Returns random numbers of 64 bits (splitmix64). */
function randomBits(seed: number): () => bigint {
  let state = BigInt.asUintN(64, BigInt(seed))
  return () => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n)
    let bits = state
    bits = BigInt.asUintN(64, (bits ^ (bits >> 30n)) * 0xbf58476d1ce4e5b9n)
    bits = BigInt.asUintN(64, (bits ^ (bits >> 27n)) * 0x94d049bb133111ebn)
    return bits ^ (bits >> 31n)
  }
}
