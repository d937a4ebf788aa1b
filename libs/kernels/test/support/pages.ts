import fc from 'fast-check'

/** A page as a writer may make it: its bytes, and how many values it claims to have. */
export interface Page {
  bytes: Uint8Array
  count: number
}

const MIN64 = -(2n ** 63n)
const MAX64 = 2n ** 63n - 1n

const edges = [0n, 2n ** 31n, 2n ** 32n, 2n ** 61n, 2n ** 62n, MAX64].flatMap(edge => [edge, -edge])
const near = fc
  .tuple(fc.constantFrom(...edges), fc.integer({ min: -2, max: 2 }))
  .map(([edge, off]) => edge + BigInt(off))

/** Integers of 64 bits, with many near the limits of their type and of half its size. */
export const integers: fc.Arbitrary<bigint> = fc
  .oneof(fc.bigInt({ min: MIN64, max: MAX64 }), near, fc.constantFrom(MIN64, MAX64, 0n, -1n))
  .map(value => BigInt.asIntN(64, value))

/** How a page is damaged, if at all. */
export const damages = fc.oneof(
  { arbitrary: fc.constant(undefined), weight: 3 },
  fc.record({
    at: fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constant(0)),
    byte: fc.oneof(fc.nat({ max: 255 }), fc.constantFrom(0, 0x7f, 0x80, 0xff)),
    how: fc.constantFrom('replace', 'insert', 'cut', 'count'),
  }),
)

export function damaged(
  { bytes, count }: Page,
  damage: typeof damages extends fc.Arbitrary<infer T> ? T : never,
): Page {
  if (!damage) return { bytes, count }
  const at = Math.floor(damage.at * bytes.length)
  const before = bytes.subarray(0, at)
  if (damage.how === 'count') return { bytes, count: Math.max(0, count + (damage.byte % 19) - 9) }
  if (damage.how === 'cut') return { bytes: before, count }
  const after = bytes.subarray(damage.how === 'replace' ? at + 1 : at)
  return { bytes: Buffer.concat([before, Uint8Array.of(damage.byte), after]), count }
}

/**
 * Hybrids of numbers of `width` bits, mostly below `bound`: runs and packed groups, with the last group
 * padded with anything.
 */
export function hybrids(width: number, bound: number): fc.Arbitrary<Page> {
  const most = 2 ** width - 1
  const number = fc.oneof(
    { arbitrary: fc.nat({ max: Math.max(0, Math.min(most, bound - 1)) }), weight: 200 },
    { arbitrary: fc.constant(Math.max(0, Math.min(most, bound - 1))), weight: 50 },
    fc.integer({ min: 0, max: most }),
  )
  const run = fc.record({
    value: number,
    length: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 3000 })),
  })
  const packed = fc
    .integer({ min: 1, max: 20 })
    .chain(groups =>
      fc.record({ values: fc.array(number, { minLength: 8 * groups, maxLength: 8 * groups, size: 'max' }) }),
    )
  return fc
    .tuple(fc.array(fc.oneof(run, packed, packed), { maxLength: 4 }), fc.nat({ max: 7 }), fc.boolean())
    .map(([stretches, left, cut]) => {
      const out = new PageWriter()
      let count = 0
      for (const stretch of stretches) {
        if ('values' in stretch) {
          out.varint(BigInt(stretch.values.length >> 2) | 1n)
          out.packed(stretch.values.map(BigInt), width)
          count += stretch.values.length
        } else {
          out.varint(BigInt(stretch.length) << 1n)
          out.packed([BigInt(stretch.value)], (width + 7) & ~7)
          count += stretch.length
        }
      }
      const last = stretches.at(-1)
      if (!last || !('values' in last)) return { bytes: out.bytes(), count }
      const unused = cut ? (left * width) >> 3 : 0
      return { bytes: out.bytes().subarray(0, out.length - unused), count: count - left }
    })
}

/** Hybrids after a byte with their width. */
export function indexPages(width: number, entries: number): fc.Arbitrary<Page> {
  return hybrids(width, entries).map(({ bytes, count }) => ({
    bytes: Buffer.concat([Uint8Array.of(width), bytes]),
    count,
  }))
}

/** Values with almost equal steps, with jumps, that wrap around their type, and any others. */
function walks(): fc.Arbitrary<bigint[]> {
  const steps = fc.oneof(
    fc.bigInt({ min: -3n, max: 3n }),
    fc.nat({ max: 64 }).chain(size => fc.bigInt({ min: -(2n ** BigInt(size)), max: 2n ** BigInt(size) })),
    integers,
  )
  const stretch = fc.record({
    length: fc.oneof(fc.nat({ max: 70 }), fc.constantFrom(31, 32, 33, 128)),
    step: steps,
    noise: fc
      .oneof(fc.constant(0), fc.nat({ max: 64 }))
      .chain(size =>
        fc.array(fc.bigInt({ min: 0n, max: 2n ** BigInt(size) - 1n }), { minLength: 1, maxLength: 40 }),
      ),
  })
  return fc.tuple(integers, fc.array(stretch, { maxLength: 5 })).map(([first, stretches]) => {
    const values = [first]
    for (const { length, step, noise } of stretches) {
      for (let i = 0; i < length; i++) {
        values.push(BigInt.asIntN(64, values[values.length - 1] + step + noise[i % noise.length]))
      }
    }
    return values
  })
}

/** Layouts of DELTA_BINARY_PACKED. Nearly all writers use four miniblocks of 32 values. */
const deltaLayouts = fc.oneof(
  fc.constant({ miniblocks: 4, miniblockValues: 32 }),
  fc.record({
    miniblocks: fc.constantFrom(1, 2, 3, 4, 8, 200),
    miniblockValues: fc.constantFrom(32, 64, 96, 256),
  }),
)

export function deltaPages(): fc.Arbitrary<Page> {
  const habits = fc.record({
    wider: fc.nat({ max: 3 }),
    anyLeast: fc.boolean(),
    cut: fc.boolean(),
    unused: fc.nat({ max: 255 }),
  })
  return fc.tuple(walks(), deltaLayouts, habits).map(([values, layout, habit]) => ({
    bytes: encodeDelta(values, { ...layout, ...habit }),
    count: values.length,
  }))
}

interface DeltaHabit {
  miniblocks: number
  miniblockValues: number
  /** Additional bits that no number needs. */
  wider: number
  /** The least delta in the header is not the least one, so that packed numbers wrap. */
  anyLeast: boolean
  /** The last miniblock ends after its last value. */
  cut: boolean
  /** The width of miniblocks without values. */
  unused: number
}

export function encodeDelta(values: readonly bigint[], habit: Partial<DeltaHabit> = {}): Uint8Array {
  const { miniblocks = 4, miniblockValues = 32, wider = 0, anyLeast = false, cut = false, unused = 0 } = habit
  const out = new PageWriter()
  out.varint(BigInt(miniblocks * miniblockValues))
  out.varint(BigInt(miniblocks))
  out.varint(BigInt(values.length))
  out.zigzag(values[0])
  const deltas = values.slice(1).map((value, i) => BigInt.asIntN(64, value - values[i]))
  for (let from = 0; from < deltas.length; from += miniblocks * miniblockValues) {
    const block = deltas.slice(from, from + miniblocks * miniblockValues)
    const least = anyLeast ? block[0] : leastOf(block)
    const minis = Array.from({ length: miniblocks }, (_, m) =>
      block
        .slice(m * miniblockValues, (m + 1) * miniblockValues)
        .map(delta => BigInt.asUintN(64, delta - least)),
    )
    const widths = minis.map(numbers => {
      const used = numbers.reduce((used, number) => used | number, 0n)
      const needed = used === 0n ? 0 : used.toString(2).length
      return numbers.length === 0 ? unused : Math.min(64, needed + wider)
    })
    out.zigzag(least)
    out.packed(widths.map(BigInt), 8)
    minis.forEach((numbers, m) => {
      if (numbers.length === 0) return
      const pad = cut ? 0 : miniblockValues - numbers.length
      out.packed([...numbers, ...Array<bigint>(pad).fill(0n)], widths[m])
    })
  }
  return out.bytes()
}

function leastOf([first, ...rest]: readonly bigint[]): bigint {
  let least = first
  for (const value of rest) if (value < least) least = value
  return least
}

export class PageWriter {
  readonly #bytes: number[] = []

  get length(): number {
    return this.#bytes.length
  }

  bytes(): Uint8Array {
    return Uint8Array.from(this.#bytes)
  }

  varint(value: bigint): void {
    let rest = value
    for (; rest >= 0x80n; rest >>= 7n) this.#bytes.push(Number(rest & 0x7fn) | 0x80)
    this.#bytes.push(Number(rest))
  }

  zigzag(value: bigint): void {
    this.varint(value < 0n ? -2n * value - 1n : 2n * value)
  }

  littleEndian(value: number, bytes: number): void {
    for (let i = 0; i < bytes; i++) this.#bytes.push(Math.floor(value / 2 ** (8 * i)) & 0xff)
  }

  /** Packs the values, and pads the last byte with zeros. */
  packed(values: readonly bigint[], width: number): void {
    let pending = 0n
    let bits = 0
    for (const value of values) {
      pending |= value << BigInt(bits)
      for (bits += width; bits >= 8; bits -= 8) {
        this.#bytes.push(Number(pending & 0xffn))
        pending >>= 8n
      }
    }
    if (bits > 0) this.#bytes.push(Number(pending))
  }
}
